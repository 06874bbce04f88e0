//! Masks secrets in a stream of bytes, before any of it reaches a sink.
