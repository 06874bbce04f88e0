//! Captured bytes, by their digest. What comes up lies in a file of its own until it is whole and hashed.

use super::super::asked::Named;
use super::super::problem::Problem;
use super::super::site::{Site, Visit};
use crate::app::host::shelf::{PART, Upload};
use crate::domain::ids::Digest;
use axum::body::{Body, Bytes};
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use http_body_util::BodyExt as _;
use std::io;
use std::sync::Arc;
use std::time::Duration;

/// Pieces are handed on to the disk in about this size.
const GATHERED: usize = 256 * 1024;

pub async fn put(
    State(site): State<Arc<Site>>,
    Extension(visit): Extension<Visit>,
    Named(name): Named,
    headers: HeaderMap,
    body: Body,
) -> Result<StatusCode, Problem> {
    let digest = digest(&name)?;
    let tenant = visit.tenant.clone();
    let is_there = site.run(move |house| Ok(house.head(&tenant)?.is_some())).await?;
    if !is_there {
        return Err(Problem::absent());
    }
    let told = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if told.is_some_and(|length| length > site.limits.blob) {
        return Err(too_large(site.limits.blob));
    }
    let upload = take_up(&site, body).await?;
    let tenant = visit.tenant;
    let found = site
        .run(move |house| {
            let (found, size, mut bytes) = upload.finish()?;
            if found == digest {
                house.shelf().put_blob(&tenant, &digest, size, &mut *bytes)?;
            }
            Ok(found)
        })
        .await?;
    if found != digest {
        let detail = format!("The bytes have the digest {}, not the one they are to be kept under.", found.to_hex());
        return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, detail).with("rule", "blob.digest").with("field", "sha256"));
    }
    Ok(StatusCode::NO_CONTENT)
}

/// Takes all of a body up, piece by piece.
async fn take_up(site: &Arc<Site>, mut body: Body) -> Result<Box<dyn Upload>, Problem> {
    let mut upload = site.run(|house| house.shelf().upload()).await?;
    let (mut size, mut gathered) = (0, Vec::new());
    while let Some(piece) = piece(&mut body, site.limits.piece).await? {
        size += piece.len() as u64;
        if size > site.limits.blob {
            return Err(too_large(site.limits.blob));
        }
        gathered.extend_from_slice(&piece);
        if gathered.len() >= GATHERED {
            let bytes = std::mem::take(&mut gathered);
            upload = site.run(move |_| upload.write(&bytes).map(|()| upload)).await?;
        }
    }
    site.run(move |_| upload.write(&gathered).map(|()| upload)).await
}

/// All of a body that fits into memory.
///
/// # Errors
/// 413 for a larger one, 408 for one that does not come on, 400 for one that breaks off.
pub async fn read_all(mut body: Body, limit: usize, patience: Duration) -> Result<Vec<u8>, Problem> {
    let mut bytes = Vec::new();
    while let Some(piece) = piece(&mut body, patience).await? {
        if bytes.len() + piece.len() > limit {
            return Err(too_large(limit as u64));
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes)
}

async fn piece(body: &mut Body, patience: Duration) -> Result<Option<Bytes>, Problem> {
    loop {
        match tokio::time::timeout(patience, body.frame()).await {
            Err(_) => return Err(Problem::new(StatusCode::REQUEST_TIMEOUT, "The body did not come on. Send it again.")),
            Ok(None) => return Ok(None),
            Ok(Some(Err(_))) => return Err(Problem::new(StatusCode::BAD_REQUEST, "The body broke off. Send it again.")),
            Ok(Some(Ok(frame))) => {
                if let Ok(data) = frame.into_data() {
                    return Ok(Some(data));
                }
            }
        }
    }
}

fn too_large(limit: u64) -> Problem {
    let detail = format!("No more than {} MiB are taken at once.", limit >> 20);
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, detail).with("rule", "request.too-large").with("limit", limit)
}

pub async fn get(
    State(site): State<Arc<Site>>,
    Extension(visit): Extension<Visit>,
    Named(name): Named,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let digest = digest(&name)?;
    let tag = format!("\"{}\"", digest.to_hex());
    let tenant = visit.tenant.clone();
    let size = site.run(move |house| house.shelf().blob_size(&tenant, &digest)).await?.ok_or_else(Problem::absent)?;
    if headers.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes()) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response());
    }
    let tenant = Arc::new(visit.tenant);
    let parts = stream::unfold(Some(0), move |part: Option<u32>| {
        let (site, tenant) = (Arc::clone(&site), Arc::clone(&tenant));
        async move {
            let part = part?;
            let read = site.run(move |house| house.shelf().blob_part(&tenant, &digest, part)).await;
            match read {
                Ok(bytes) if bytes.is_empty() => None,
                Ok(bytes) => {
                    let next = (bytes.len() == PART).then_some(part + 1);
                    Some((Ok(Bytes::from(bytes)), next))
                }
                // It breaks off: whoever reads it sees that from its length and its digest.
                Err(_) => Some((Err(io::Error::other("the bytes cannot be read")), None)),
            }
        }
    });
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream".to_owned()),
        (header::CONTENT_LENGTH, size.to_string()),
        // Bytes of strangers are a file to keep, and never a page of this server.
        (header::CONTENT_DISPOSITION, "attachment".to_owned()),
        (header::CONTENT_SECURITY_POLICY, "sandbox".to_owned()),
        (header::ETAG, tag),
    ];
    Ok((headers, Body::from_stream(parts)).into_response())
}

fn digest(name: &str) -> Result<Digest, Problem> {
    let odd =
        || Problem::new(StatusCode::BAD_REQUEST, "A digest is SHA-256 in 64 small hexadecimal digits.").with("field", "sha256");
    Digest::from_hex(name).ok_or_else(odd)
}
