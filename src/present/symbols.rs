//! One symbol a status, in Unicode and in ASCII.
