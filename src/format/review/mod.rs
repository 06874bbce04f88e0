//! A readiness as a report: text, JSON, Markdown, JUnit.
