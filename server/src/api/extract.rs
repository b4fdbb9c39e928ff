//! What handlers read of a request: path segments, query, body. All refusals are [`ApiError`]s.

use std::borrow::Cow;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::body::Body;
use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt as _;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::App;
use super::error::ApiError;
use super::respond::Shape;
use crate::registry::{
    NUMBER_MAX, Origin, Page, SchemaId, VersionNumber, VersionSelector, Visibility,
};

/// How long a body may take to arrive.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);

/// How much of a body that is too large is read and thrown away, so that its sender gets to read
/// the answer instead of seeing its connection reset.
const DRAIN_BYTES_MAX: usize = 64 * 1024 * 1024;

/// How much memory the announced length of a body reserves at once; more comes as the body does.
const RESERVED_BYTES_MAX: usize = 256 * 1024;

/// How long to wait for more of a body that is thrown away.
const DRAIN_IDLE: Duration = Duration::from_millis(500);

/// What a body may be called. Clients that name no type send `application/octet-stream`.
const CONSUMED: [&str; 4] = [
    "application/vnd.schemaregistry.v1+json",
    "application/vnd.schemaregistry+json",
    "application/json",
    "application/octet-stream",
];

/// Percent-decoded path segments.
#[derive(Debug)]
pub(super) struct Segments<T>(pub(super) T);

impl<T: DeserializeOwned + Send> FromRequestParts<App> for Segments<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        match Path::from_request_parts(parts, app).await {
            Ok(Path(segments)) => Ok(Self(segments)),
            Err(error) => Err(ApiError::malformed(format!(
                "The path is malformed: {error}"
            ))),
        }
    }
}

/// Reads a schema id. What is no number is no such resource.
pub(super) fn schema_id(text: &str) -> Result<SchemaId, ApiError> {
    let number = text.parse::<i32>().map_err(|_| ApiError::not_found())?;
    match u32::try_from(number) {
        Ok(number) => Ok(SchemaId(number)),
        Err(_) => Err(ApiError::schema_id_not_found(text)),
    }
}

/// Reads a version: a number, `latest`, or `-1` for the same.
pub(super) fn version_selector(text: &str) -> Result<VersionSelector, ApiError> {
    let trimmed = text.trim();
    if trimmed.eq_ignore_ascii_case("latest") || trimmed == "-1" {
        return Ok(VersionSelector::Latest);
    }
    match trimmed.parse() {
        Ok(number @ 1..=NUMBER_MAX) => Ok(VersionSelector::Number(VersionNumber(number))),
        Ok(_) | Err(_) => Err(ApiError::invalid_version(text)),
    }
}

/// The query. Names that nobody asks for, and pairs without a name, are ignored.
#[derive(Clone, Debug, Default)]
pub(super) struct Query {
    pairs: Vec<(String, String)>,
}

impl FromRequestParts<App> for Query {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _app: &App) -> Result<Self, ApiError> {
        Ok(parts.uri.query().map(Self::parse).unwrap_or_default())
    }
}

impl Query {
    fn parse(text: &str) -> Self {
        let pairs = text.split('&').filter(|pair| !pair.is_empty());
        let pairs = pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")));
        Self {
            pairs: pairs
                .map(|(name, value)| (decode(name), decode(value)))
                .collect(),
        }
    }

    /// The first value of that name.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.pairs
            .iter()
            .find(|pair| pair.0 == name)
            .map(|pair| pair.1.as_str())
    }

    /// All values of that name.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.pairs
            .iter()
            .filter(move |pair| pair.0 == name)
            .map(|pair| pair.1.as_str())
    }

    /// Whether it says `true`, in any case.
    pub(super) fn flag(&self, name: &str) -> bool {
        self.text(name)
            .is_some_and(|value| value.eq_ignore_ascii_case("true"))
    }

    /// A number. What is none is no such resource, as the wire contract has it.
    fn number(&self, name: &str) -> Result<Option<i64>, ApiError> {
        match self.text(name) {
            None | Some("") => Ok(None),
            Some(text) => text.parse().map(Some).map_err(|_| ApiError::not_found()),
        }
    }

    /// `offset` and `limit`; a limit of 0 or less means no limit.
    pub(super) fn page(&self) -> Result<Page, ApiError> {
        let clamp = |number: i64| u32::try_from(number.max(0)).unwrap_or(u32::MAX);
        let offset = self.number("offset")?.map_or(0, clamp);
        let limit = self.number("limit")?.map(clamp).filter(|limit| *limit > 0);
        Ok(Page { offset, limit })
    }

    /// `deleted`, where there is no `deletedOnly`.
    pub(super) fn deleted(&self) -> Visibility {
        if self.flag("deleted") {
            Visibility::All
        } else {
            Visibility::Live
        }
    }

    /// `deletedOnly` wins over `deleted`.
    pub(super) fn visibility(&self) -> Visibility {
        if self.flag("deletedOnly") {
            Visibility::DeletedOnly
        } else {
            self.deleted()
        }
    }
}

/// Keeps a part of a list.
pub(super) fn paged<T>(list: Vec<T>, page: Page) -> Vec<T> {
    let number = |count: u32| usize::try_from(count).unwrap_or(usize::MAX);
    let limit = page.limit.map_or(usize::MAX, number);
    list.into_iter()
        .skip(number(page.offset))
        .take(limit)
        .collect()
}

fn decode(text: &str) -> String {
    let spaced = if text.contains('+') {
        Cow::Owned(text.replace('+', " "))
    } else {
        Cow::Borrowed(text)
    };
    percent_encoding::percent_decode_str(&spaced)
        .decode_utf8_lossy()
        .into_owned()
}

impl FromRequestParts<App> for Shape {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        Ok(app
            .shape
            .unwrap_or_else(|| Self::of(&parts.headers, parts.uri.query())))
    }
}

/// Who changes something, and when.
#[derive(Debug)]
pub(super) struct Caller(pub(super) Origin);

impl FromRequestParts<App> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(_parts: &mut Parts, _app: &App) -> Result<Self, ApiError> {
        let since_1970 = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        let time_ms = i64::try_from(since_1970.as_millis()).unwrap_or(i64::MAX);
        Ok(Self(Origin {
            actor: None,
            time_ms,
        }))
    }
}

/// A JSON body.
#[derive(Debug)]
pub(super) struct JsonBody<T>(pub(super) T);

impl<T: DeserializeOwned> FromRequest<App> for JsonBody<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, app: &App) -> Result<Self, ApiError> {
        let (parts, body) = request.into_parts();
        check_content_type(&parts.headers)?;
        let bytes = read(&parts.headers, body, app.body_bytes_max);
        let bytes = tokio::time::timeout(BODY_TIMEOUT, bytes).await;
        let bytes = bytes.map_err(|_| ApiError::body_too_slow())??;
        parse(&bytes).map(Self)
    }
}

fn check_content_type(headers: &HeaderMap) -> Result<(), ApiError> {
    let Some(value) = headers.get(header::CONTENT_TYPE) else {
        return Ok(());
    };
    let text = value
        .to_str()
        .map_err(|_| ApiError::unsupported_media_type())?;
    let essence = text.split(';').next().unwrap_or_default().trim();
    if text.is_empty() || CONSUMED.iter().any(|it| it.eq_ignore_ascii_case(essence)) {
        Ok(())
    } else {
        Err(ApiError::unsupported_media_type())
    }
}

async fn read(headers: &HeaderMap, mut body: Body, bytes_max: usize) -> Result<Bytes, ApiError> {
    let waits = headers.contains_key(header::EXPECT);
    let length = headers.get(header::CONTENT_LENGTH).and_then(content_length);
    if length.is_some_and(|length| length > bytes_max) {
        if !waits {
            drain(&mut body).await;
        }
        return Err(ApiError::body_too_large(bytes_max));
    }
    let mut bytes = BytesMut::with_capacity(length.unwrap_or_default().min(RESERVED_BYTES_MAX));
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| ApiError::malformed("The request body ended early"))?;
        let Ok(data) = frame.into_data() else {
            continue;
        };
        if bytes.len().saturating_add(data.len()) > bytes_max {
            drain(&mut body).await;
            return Err(ApiError::body_too_large(bytes_max));
        }
        bytes.extend_from_slice(&data);
    }
    Ok(bytes.freeze())
}

fn content_length(value: &HeaderValue) -> Option<usize> {
    value.to_str().ok()?.parse().ok()
}

async fn drain(body: &mut Body) {
    let mut drained = 0_usize;
    while let Ok(Some(Ok(frame))) = tokio::time::timeout(DRAIN_IDLE, body.frame()).await {
        drained = drained.saturating_add(frame.data_ref().map_or(0, Bytes::len));
        if drained > DRAIN_BYTES_MAX {
            return;
        }
    }
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    if bytes.iter().all(u8::is_ascii_whitespace) || bytes.trim_ascii() == b"null" {
        return Err(ApiError::missing_body());
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let at = error.valid_up_to();
        ApiError::malformed(format!(
            "The request body is not UTF-8: byte {at} is no character"
        ))
    })?;
    let malformed = |error: serde_json::Error| {
        ApiError::malformed(format!("The request body is malformed: {error}"))
    };
    // Read as a whole first, so that also members that nobody knows have to be valid.
    let value: Value = serde_json::from_str(text).map_err(malformed)?;
    // Serde would take a list for an object whose fields it holds in order.
    if !value.is_object() {
        let message = "The request body is malformed: it is no JSON object";
        return Err(ApiError::malformed(message));
    }
    serde_json::from_value(value).map_err(malformed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_are_read_in_any_case_and_unknown_pairs_are_ignored() {
        let query = Query::parse("deleted=True&&deleted_only=false&=x&key=a%2Fb+c&key=&limit=-1");
        assert!(query.flag("deleted"));
        assert!(!query.flag("deletedOnly"));
        assert_eq!(query.all("key").collect::<Vec<_>>(), ["a/b c", ""]);
        assert_eq!(query.page().unwrap(), Page::default());
        assert!(Query::parse("offset=x").page().is_err());
    }

    #[test]
    fn versions_are_numbers_or_latest() {
        for text in ["latest", " LATEST ", "-1"] {
            assert_eq!(version_selector(text).unwrap(), VersionSelector::Latest);
        }
        let three = VersionSelector::Number(VersionNumber(3));
        assert_eq!(version_selector("3").unwrap(), three);
        for text in ["0", "-2", "2147483648", "x", "", "1.0"] {
            assert!(version_selector(text).is_err(), "{text}");
        }
    }

    #[test]
    fn pages_are_cut_after_everything_else() {
        let page = |offset, limit| Page { offset, limit };
        assert_eq!(paged(vec![1, 2, 3], page(1, Some(1))), [2]);
        assert_eq!(paged(vec![1, 2, 3], page(0, None)), [1, 2, 3]);
        assert_eq!(paged(vec![1, 2, 3], page(9, Some(1))), [0; 0]);
    }

    #[test]
    fn bodies_that_are_no_json_are_told_apart() {
        type Any = Value;
        for (bytes, expected) in [
            (&b""[..], ApiError::missing_body()),
            (b" null ", ApiError::missing_body()),
        ] {
            assert_eq!(parse::<Any>(bytes).unwrap_err(), expected);
        }
        let invalid = parse::<Any>(b"{\"a\": \"\xff\"}").unwrap_err();
        assert!(format!("{invalid:?}").contains("byte 7"), "{invalid:?}");
        assert!(parse::<Any>(b"{").is_err());
        assert!(parse::<Any>(b"[]").is_err());
        assert!(parse::<Any>(br#"{"unknown": "\ud800"}"#).is_err());
        assert!(parse::<Any>(b" {}").is_ok());
        assert!(parse::<Any>("[".repeat(100_000).as_bytes()).is_err());
    }
}
