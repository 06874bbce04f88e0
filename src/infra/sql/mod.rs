//! Rooms in a database: SQLite beside the server, or PostgreSQL for several servers. The statements are written once
//! ([`shelf`]); each database brings its connections, its transactions and its schema.

mod db;
mod folder;
mod postgres;
mod shelf;
mod sqlite;
mod tidy;
mod tls;
mod upload;

pub use self::postgres::Postgres;
pub use db::Db;
pub use folder::Folder;
pub use shelf::SqlShelf;
pub use sqlite::Sqlite;

/// The version of the schema that this program writes.
const SCHEMA: i64 = 1;
