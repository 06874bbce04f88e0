//! The API server, and the plan's public pages.
