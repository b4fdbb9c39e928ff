//! Responses: JSON bodies, the content type that the client prefers, and the shape that it can read.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use serde::Serialize;

/// The content type of answers, unless the client accepts only others.
pub(super) const V1_JSON: HeaderValue =
    HeaderValue::from_static("application/vnd.schemaregistry.v1+json");

/// What answers can be called, the preferred one first.
const PRODUCED: [HeaderValue; 3] = [
    V1_JSON,
    HeaderValue::from_static("application/vnd.schemaregistry+json"),
    HeaderValue::from_static("application/json"),
];

/// A ready-made body.
pub(super) fn body(status: StatusCode, body: impl Into<Body>) -> Response {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, V1_JSON);
    response
}

/// A value as JSON, with status 200.
#[derive(Debug)]
pub(super) struct Json<T>(pub(super) T);

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        json_with_status(StatusCode::OK, &self.0)
    }
}

/// A value as JSON.
pub(super) fn json_with_status<T: Serialize>(status: StatusCode, value: &T) -> Response {
    match to_json(value) {
        Ok(bytes) => body(status, bytes),
        Err(error) => {
            tracing::error!("cannot print an answer as JSON: {error}");
            body(StatusCode::INTERNAL_SERVER_ERROR, Body::empty())
        }
    }
}

/// The bytes of a value as JSON.
pub(super) fn to_json<T: Serialize>(value: &T) -> serde_json::Result<Bytes> {
    serde_json::to_vec(value).map(Bytes::from)
}

/// The content type that the client likes best; the contract's own if it likes none of ours.
pub(super) fn negotiate(headers: &HeaderMap) -> HeaderValue {
    let mut values = headers.get_all(header::ACCEPT).iter();
    let (Some(first), None) = (values.next(), values.next()) else {
        return V1_JSON;
    };
    match first.to_str() {
        Ok("*/*") | Err(_) => V1_JSON,
        Ok(accept) => best(accept),
    }
}

fn best(accept: &str) -> HeaderValue {
    let mut best = (V1_JSON, 0.0);
    for produced in PRODUCED {
        let name = produced.to_str().unwrap_or_default();
        let quality = accept
            .split(',')
            .filter_map(|range| quality(range, name))
            .fold(0.0, f32::max);
        if quality > best.1 {
            best = (produced, quality);
        }
    }
    best.0
}

/// How much a range such as `application/*;q=0.5` likes a media type, if it means it.
fn quality(range: &str, media_type: &str) -> Option<f32> {
    let mut parts = range.split(';').map(str::trim);
    let range = parts.next()?;
    let matches = match range.strip_suffix("/*") {
        Some("*") => true,
        Some(kind) => media_type
            .split_once('/')
            .is_some_and(|(it, _)| it.eq_ignore_ascii_case(kind)),
        None => range.eq_ignore_ascii_case(media_type),
    };
    let quality = parts
        .find_map(|part| part.strip_prefix("q="))
        .map(str::parse::<f32>);
    matches.then(|| quality.and_then(Result::ok).unwrap_or(1.0))
}

/// Which shape of answers a client can read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Shape {
    /// As until 7.9: no guid, no timestamps, `schemaType` only where it is not AVRO, and a
    /// registration is answered with the id alone. Old clients refuse to read anything else.
    Legacy,
    /// As from 8.0 on.
    Modern,
}

/// Java clients send it if they can read members that they do not know.
const ACCEPT_UNKNOWN: &str = "confluent-accept-unknown-properties";

impl Shape {
    /// What the request shows of its sender: only Java clients were ever strict about members that
    /// they do not know, and those that are not any more say so.
    pub(super) fn of(headers: &HeaderMap, query: Option<&str>) -> Self {
        let agent = headers.get(header::USER_AGENT).map(HeaderValue::as_bytes);
        let java = agent.is_some_and(|agent| agent.starts_with(b"Java/"));
        let accepts = |value: &HeaderValue| value.as_bytes().eq_ignore_ascii_case(b"true");
        let tolerant = || {
            headers.get(ACCEPT_UNKNOWN).is_some_and(accepts)
                || query.is_some_and(|query| {
                    query.split('&').any(|pair| pair.starts_with("normalize="))
                })
        };
        if java && !tolerant() {
            Self::Legacy
        } else {
            Self::Modern
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_content_type_is_the_one_that_is_liked_best() {
        for (accept, expected) in [
            ("application/json", "application/json"),
            (
                "application/json, text/plain, */*",
                "application/vnd.schemaregistry.v1+json",
            ),
            (
                "application/json, application/vnd.schemaregistry.v1+json;q=0.5",
                "application/json",
            ),
            (
                "application/vnd.schemaregistry+json",
                "application/vnd.schemaregistry+json",
            ),
            (
                "application/*;q=0.1",
                "application/vnd.schemaregistry.v1+json",
            ),
            ("text/html", "application/vnd.schemaregistry.v1+json"),
            ("", "application/vnd.schemaregistry.v1+json"),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT, HeaderValue::from_str(accept).unwrap());
            assert_eq!(negotiate(&headers), expected, "{accept}");
        }
    }

    #[test]
    fn only_java_clients_without_a_sign_of_tolerance_get_the_old_shape() {
        let shape = |agent: &str, unknown: Option<&str>, query| {
            let mut headers = HeaderMap::new();
            headers.insert(header::USER_AGENT, HeaderValue::from_str(agent).unwrap());
            if let Some(value) = unknown {
                headers.insert(ACCEPT_UNKNOWN, HeaderValue::from_str(value).unwrap());
            }
            Shape::of(&headers, query)
        };
        assert_eq!(shape("Java/11.0.2", None, None), Shape::Legacy);
        assert_eq!(
            shape("Java/11.0.2", None, Some("deleted=true")),
            Shape::Legacy
        );
        assert_eq!(shape("Java/11.0.2", Some("true"), None), Shape::Modern);
        assert_eq!(
            shape("Java/11.0.2", None, Some("a=b&normalize=false")),
            Shape::Modern
        );
        assert_eq!(shape("curl/8", None, None), Shape::Modern);
        assert_eq!(Shape::of(&HeaderMap::new(), None), Shape::Modern);
    }
}
