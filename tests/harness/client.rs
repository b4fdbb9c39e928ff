//! A small HTTP client for one server. It retries nothing, follows nothing and hides no status.

use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::Value;
use ureq::Agent;
use ureq::http::Request;

/// How long one request may take. Generous: debug builds on a loaded machine are slow.
const TIMEOUT: Duration = Duration::from_mins(1);
/// The contract's media type.
pub(crate) const MEDIA_TYPE: &str = "application/vnd.schemaregistry.v1+json";

/// Speaks to the server at one base URL, with keep-alive.
#[derive(Clone, Debug)]
pub struct Client {
    agent: Agent,
    base: String,
}

/// An answer, whatever its status.
#[derive(Clone, Debug)]
pub struct Reply {
    /// The status code.
    pub status: u16,
    /// The media type, `""` where there is none.
    pub content_type: String,
    /// The body as it came.
    pub text: String,
}

impl Client {
    /// A client for `base`, such as `http://127.0.0.1:8081`.
    pub fn new(base: &str) -> Self {
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_global(Some(TIMEOUT))
            .build()
            .new_agent();
        Self {
            agent,
            base: base.trim_end_matches('/').to_owned(),
        }
    }

    /// Sends a request without a body.
    pub fn send(&self, method: &str, path: &str) -> Result<Reply> {
        self.send_bytes(method, path, None, &[])
    }

    /// `GET path`.
    pub fn get(&self, path: &str) -> Result<Reply> {
        self.send("GET", path)
    }

    /// `DELETE path`.
    pub fn delete(&self, path: &str) -> Result<Reply> {
        self.send("DELETE", path)
    }

    /// `POST path` with a JSON body, as a current client sends it.
    pub fn post(&self, path: &str, body: &Value) -> Result<Reply> {
        self.send_bytes("POST", path, Some(MEDIA_TYPE), body.to_string().as_bytes())
    }

    /// `PUT path` with a JSON body, as a current client sends it.
    pub fn put(&self, path: &str, body: &Value) -> Result<Reply> {
        self.send_bytes("PUT", path, Some(MEDIA_TYPE), body.to_string().as_bytes())
    }

    /// Sends these very bytes under that content type, or with none.
    pub fn send_bytes(
        &self,
        method: &str,
        path: &str,
        content_type: Option<&str>,
        body: &[u8],
    ) -> Result<Reply> {
        let doing = || format!("{method} {}{path}", self.base);
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.base))
            // Asks for the current shape of answers, as clients since 2025 do.
            .header("Confluent-Accept-Unknown-Properties", "true");
        if let Some(content_type) = content_type {
            request = request.header("Content-Type", content_type);
        }
        let mut response = if body.is_empty() {
            self.agent.run(request.body(()).with_context(doing)?)
        } else {
            self.agent.run(request.body(body).with_context(doing)?)
        }
        .with_context(doing)?;
        let content_type = response
            .headers()
            .get("content-type")
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
            .to_owned();
        Ok(Reply {
            status: response.status().as_u16(),
            content_type,
            text: response.body_mut().read_to_string().with_context(doing)?,
        })
    }
}

impl Reply {
    /// The body as JSON.
    pub fn json(&self) -> Result<Value> {
        serde_json::from_str(&self.text).with_context(|| {
            format!(
                "HTTP {} with a body that is no JSON: {}",
                self.status, self.text
            )
        })
    }

    /// The contract's `error_code`; `None` where the body has none.
    pub fn error_code(&self) -> Option<u64> {
        self.json().ok()?.get("error_code")?.as_u64()
    }

    /// Fails the test unless the status is 200.
    ///
    /// # Panics
    /// On any other status, with the body.
    #[track_caller]
    pub fn assert_ok(&self) {
        assert_eq!(self.status, 200, "unexpected answer: {}", self.text);
    }

    /// Passes a reply of status 200 on.
    ///
    /// # Panics
    /// On any other status, with the body.
    #[track_caller]
    #[must_use]
    pub fn ok(self) -> Self {
        self.assert_ok();
        self
    }
}
