//! Decides a change: the rules of the room, the same for every store.
