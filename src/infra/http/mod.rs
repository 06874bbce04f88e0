//! The one HTTP client, and the checks that ask a deployment.
