//! `/associations`: not there yet, and said so.
//!
//! Clients ask before they first write to a topic. A 404 with a JSON body makes them fall back to
//! names that they build themselves; any other refusal makes them fail.

use super::error::ApiError;

/// Whatever is asked of associations.
pub(super) async fn none() -> ApiError {
    ApiError::not_found()
}
