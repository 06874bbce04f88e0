//! The next actions: the fewest steps that clear a gate, in the order to do them.
