//! What a client shows a registry to be let in, and whose certificates it trusts: from the URL and from
//! the environment, which no list of processes shows and no log repeats.

use std::fmt;
use std::path::PathBuf;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use percent_encoding::percent_decode_str;
use ureq::tls::{Certificate, PemItem, RootCerts, parse_pem};

use super::Error;

/// `USER:PASSWORD`, for registries that ask for them.
pub const BASIC_AUTH: &str = "SCHEMACTL_BASIC_AUTH";

/// A token, for registries that ask for one.
pub const BEARER_TOKEN: &str = "SCHEMACTL_BEARER_TOKEN";

/// A file of certificates in PEM that are trusted instead of the public ones, as other programs know
/// it.
pub const CERTIFICATES: &str = "SSL_CERT_FILE";

/// What is said about access, whichever registry is meant.
#[derive(Clone, Default)]
pub struct Access {
    /// [`BASIC_AUTH`]
    pub basic_auth: Option<String>,
    /// [`BEARER_TOKEN`]
    pub bearer_token: Option<String>,
    /// [`CERTIFICATES`]
    pub certificates: Option<PathBuf>,
}

impl fmt::Debug for Access {
    /// Without what is secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Access").finish_non_exhaustive()
    }
}

impl Access {
    /// As the environment says.
    pub fn of_environment() -> Self {
        let text = |name| std::env::var(name).ok().filter(|text| !text.is_empty());
        let certificates = std::env::var_os(CERTIFICATES);
        Self {
            basic_auth: text(BASIC_AUTH),
            bearer_token: text(BEARER_TOKEN),
            certificates: certificates
                .filter(|path| !path.is_empty())
                .map(PathBuf::from),
        }
    }

    /// The header that is sent to a registry; what its URL says goes first.
    pub(super) fn authorization(&self, url: &Url<'_>) -> Result<Option<String>, Error> {
        let basic = |text: &[u8]| format!("Basic {}", BASE64.encode(text));
        if let Some(credentials) = url.credentials {
            let decoded: Vec<u8> = percent_decode_str(credentials).collect();
            return Ok(Some(basic(&decoded)));
        }
        match (&self.basic_auth, &self.bearer_token) {
            (Some(_), Some(_)) => Err(Error::Access(format!(
                "{BASIC_AUTH} and {BEARER_TOKEN} are both set; unset one of them"
            ))),
            (Some(pair), None) if pair.contains(':') => Ok(Some(basic(pair.as_bytes()))),
            (Some(_), None) => Err(Error::Access(format!("{BASIC_AUTH} is not USER:PASSWORD"))),
            (None, Some(token)) if token.bytes().all(|byte| byte.is_ascii_graphic()) => {
                Ok(Some(format!("Bearer {token}")))
            }
            (None, Some(_)) => Err(Error::Access(format!(
                "{BEARER_TOKEN} is no token: there is a space, a line end or another odd letter in it"
            ))),
            (None, None) => Ok(None),
        }
    }

    /// The certificates that are trusted.
    pub(super) fn roots(&self) -> Result<RootCerts, Error> {
        let Some(path) = &self.certificates else {
            return Ok(RootCerts::WebPki);
        };
        let failed = |what: &dyn fmt::Display| {
            let path = path.display();
            Error::Access(format!(
                "the certificates in `{path}` cannot be read ({CERTIFICATES}): {what}"
            ))
        };
        let text = std::fs::read(path).map_err(|error| failed(&error))?;
        let items: Result<Vec<PemItem<'_>>, ureq::Error> = parse_pem(&text).collect();
        let items = items.map_err(|error| failed(&error))?.into_iter();
        let certificates: Vec<Certificate<'static>> = items
            .filter_map(|item| match item {
                PemItem::Certificate(certificate) => Some(certificate),
                _ => None,
            })
            .collect();
        if certificates.is_empty() {
            return Err(failed(&"there are none in it"));
        }
        Ok(RootCerts::new_with_certs(&certificates))
    }
}

/// A URL, taken apart so that it can be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Url<'u> {
    /// Without what is secret, and without `/` at its end.
    pub shown: String,
    /// `USER:PASSWORD`, percent-encoded.
    pub credentials: Option<&'u str>,
}

impl<'u> Url<'u> {
    pub(super) fn of(text: &'u str) -> Self {
        let text = text.trim_end_matches('/');
        let start = text.find("://").map_or(0, |at| at + "://".len());
        let (scheme, rest) = text.split_at(start);
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        match authority.rsplit_once('@') {
            Some((credentials, host)) => Self {
                shown: format!("{scheme}{host}{path}"),
                credentials: Some(credentials),
            },
            None => Self {
                shown: text.to_owned(),
                credentials: None,
            },
        }
    }
}

/// A URL without what is secret in it, for messages.
pub fn shown(url: &str) -> String {
    Url::of(url).shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_secret_in_a_url_is_not_shown() {
        for (text, expected, credentials) in [
            ("http://h:1/", "http://h:1", None),
            ("http://u:p@h:1/x/", "http://h:1/x", Some("u:p")),
            ("https://u:p@q@h/a@b", "https://h/a@b", Some("u:p@q")),
            ("https://h/a@b?c=d@e", "https://h/a@b?c=d@e", None),
            ("u:p@h", "h", Some("u:p")),
        ] {
            let url = Url::of(text);
            assert_eq!(
                (&*url.shown, url.credentials),
                (expected, credentials),
                "{text}"
            );
        }
    }

    #[test]
    fn the_url_goes_before_the_environment() {
        let header = |access: &Access, url: &str| access.authorization(&Url::of(url));
        let none = Access::default();
        let basic = Access {
            basic_auth: Some("ann:s3cret".to_owned()),
            ..Access::default()
        };
        let bearer = Access {
            bearer_token: Some("abc.def".to_owned()),
            ..Access::default()
        };
        let good = |access: &Access, url: &str| header(access, url).expect("makes sense");
        assert_eq!(good(&none, "http://h"), None);
        // As RFC 7617 has it for `Aladdin:open sesame`.
        assert_eq!(
            good(&bearer, "http://Aladdin:open%20sesame@h").as_deref(),
            Some("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==")
        );
        assert_eq!(
            good(&basic, "http://h").as_deref(),
            Some("Basic YW5uOnMzY3JldA==")
        );
        assert_eq!(good(&bearer, "http://h").as_deref(), Some("Bearer abc.def"));
        let both = Access {
            bearer_token: bearer.bearer_token.clone(),
            ..basic
        };
        let no_pair = Access {
            basic_auth: Some("ann".to_owned()),
            ..Access::default()
        };
        let odd = Access {
            bearer_token: Some("a\r\nX-Admin: 1".to_owned()),
            ..Access::default()
        };
        for access in [both, no_pair, odd] {
            assert!(header(&access, "http://h").is_err());
        }
    }

    #[test]
    fn certificates_that_cannot_be_read_are_told() {
        let directory = tempfile::tempdir().expect("has a temporary directory");
        let path = directory.path().join("ca.pem");
        let roots = || {
            let access = Access {
                certificates: Some(path.clone()),
                ..Access::default()
            };
            access.roots().expect_err("there are none").to_string()
        };
        assert!(roots().contains("cannot be read (SSL_CERT_FILE)"));
        std::fs::write(&path, "no PEM").expect("is writable");
        assert!(roots().ends_with("there are none in it"), "{}", roots());
    }
}
