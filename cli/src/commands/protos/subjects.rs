//! Under which subject a registry has a `.proto` file, and which files the subjects of a registry
//! are.

use std::fmt;
use std::str::FromStr;

/// Stands for the import path in a template.
const PATH: &str = "{path}";

/// Stands for the import path without its extension.
const STEM: &str = "{stem}";

/// The extension of all files.
const EXTENSION: &str = ".proto";

/// How subjects are called: a text with the import path in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubjectTemplate {
    before: String,
    after: String,
    /// Whether the extension is left out.
    stem: bool,
}

impl SubjectTemplate {
    /// What every subject begins with.
    pub fn prefix(&self) -> &str {
        &self.before
    }

    /// The subject of a file; `None` where its path does not fit.
    pub fn subject(&self, path: &str) -> Option<String> {
        let name = if self.stem {
            path.strip_suffix(EXTENSION)?
        } else {
            path
        };
        Some(format!("{}{name}{}", self.before, self.after))
    }

    /// The file that a subject is; `None` for a subject of another name.
    pub fn path(&self, subject: &str) -> Option<String> {
        let rest = subject.strip_prefix(&self.before)?;
        let name = rest.strip_suffix(&self.after)?;
        let path = if self.stem {
            format!("{name}{EXTENSION}")
        } else {
            name.to_owned()
        };
        let is_file = path.ends_with(EXTENSION) && path.len() > EXTENSION.len();
        is_file.then_some(path)
    }
}

impl Default for SubjectTemplate {
    /// The import path itself, which is what references call the file as well.
    fn default() -> Self {
        Self {
            before: String::new(),
            after: String::new(),
            stem: false,
        }
    }
}

impl FromStr for SubjectTemplate {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let cut = |mark: &str| text.split_once(mark);
        let (stem, parts) = match (cut(PATH), cut(STEM)) {
            (Some(parts), None) => (false, Some(parts)),
            (None, Some(parts)) => (true, Some(parts)),
            (Some(_), Some(_)) | (None, None) => (false, None),
        };
        let parts = parts
            .filter(|(before, after)| !before.contains(['{', '}']) && !after.contains(['{', '}']));
        let Some((before, after)) = parts else {
            return Err(format!(
                "`{text}` has to contain {PATH} (orders/v1/order.proto) or {STEM} \
                 (orders/v1/order) once, such as `protos/{PATH}`"
            ));
        };
        Ok(Self {
            before: before.to_owned(),
            after: after.to_owned(),
            stem,
        })
    }
}

impl fmt::Display for SubjectTemplate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = if self.stem { STEM } else { PATH };
        write!(f, "{}{mark}{}", self.before, self.after)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_and_its_file_are_told_from_each_other() {
        let file = "orders/v1/order.proto";
        for (template, subject) in [
            ("{path}", "orders/v1/order.proto"),
            ("protos/{path}", "protos/orders/v1/order.proto"),
            (":.structs:{path}", ":.structs:orders/v1/order.proto"),
            ("{stem}-value", "orders/v1/order-value"),
        ] {
            let parsed: SubjectTemplate = template.parse().expect("is good");
            assert_eq!(parsed.subject(file).as_deref(), Some(subject));
            assert_eq!(parsed.path(subject).as_deref(), Some(file));
            assert_eq!(parsed.to_string(), template);
        }
        let template: SubjectTemplate = "protos/{path}".parse().expect("is good");
        for other in [
            "order.proto",
            "protos/",
            "protos/.proto",
            "protos/orders-value",
        ] {
            assert_eq!(template.path(other), None, "{other}");
        }
    }

    #[test]
    fn a_template_without_the_path_or_with_two_is_refused() {
        for bad in [
            "",
            "orders",
            "{path}{path}",
            "{stem}/{path}",
            "{name}-{path}",
            "{}",
        ] {
            assert!(bad.parse::<SubjectTemplate>().is_err(), "{bad}");
        }
    }
}
