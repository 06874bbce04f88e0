//! One word a status, a date, an age: the same on every face.
