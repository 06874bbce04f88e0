//! Other people's processes: spawning, streaming, stopping.
