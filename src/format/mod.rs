//! Text to domain and back, pure: no file is opened here.

pub mod api;
pub mod ask;
pub mod brief;
pub mod bundle_json;
pub mod claims;
pub mod decisions;
pub mod diagnose;
pub mod document;
pub mod dossier;
pub mod env_file;
pub mod exclusions;
pub mod ledger_jsonl;
pub mod markup;
pub mod moment;
pub mod pack;
pub mod path;
pub mod plan_toml;
pub mod redact_toml;
pub mod review;
pub mod room_toml;
pub mod schema;
pub mod settings_toml;
mod table;
pub mod unpacked;
