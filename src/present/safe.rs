//! The only way outside bytes become displayable.
