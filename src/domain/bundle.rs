//! Judges a bundle check by check: passed, covered, or failing.
