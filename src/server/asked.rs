//! What a request says in its address. What cannot be read is refused as a problem, like everything else.

use super::problem::Problem;
use axum::extract::{FromRequestParts, Path, Query};
use axum::http::{StatusCode, request::Parts};
use std::collections::BTreeMap;

/// The query, each name once.
pub struct Asked(pub BTreeMap<String, String>);

impl<S: Send + Sync> FromRequestParts<S> for Asked {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let odd = |detail: String| Problem::new(StatusCode::BAD_REQUEST, detail);
        let Query(pairs) = Query::<Vec<(String, String)>>::try_from_uri(&parts.uri)
            .map_err(|_| odd("The query cannot be read: NAME=VALUE&…, percent-encoded.".into()))?;
        let mut asked = BTreeMap::new();
        for (name, value) in pairs {
            let is_twice = asked.get(&name).is_some_and(|known| *known != value);
            if is_twice {
                return Err(odd("A name in the query has one value.".into()).with("field", name));
            }
            asked.insert(name, value);
        }
        Ok(Self(asked))
    }
}

/// The one name in the path.
pub struct Named(pub String);

impl<S: Send + Sync> FromRequestParts<S> for Named {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let named = Path::<String>::from_request_parts(parts, state).await;
        named.map(|Path(name)| Self(name)).map_err(|_| Problem::new(StatusCode::BAD_REQUEST, "The address cannot be read."))
    }
}
