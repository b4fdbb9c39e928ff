//! Which rules there are, and in which categories each version of the configuration has them.
//!
//! Data of buf 1.75. Ids and categories are the interface: files in the wild name them.

use super::rules::{Judge, defaults, enums, features, fields, files, messages, packages, services};

/// The version of a configuration file, which decides what rules and categories there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// `version: v1beta1`.
    V1Beta1,
    /// `version: v1`.
    V1,
    /// `version: v2`.
    V2,
}

/// A set of categories.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Categories(u8);

const F: Categories = Categories(1);
const P: Categories = Categories(2);
const J: Categories = Categories(4);
const W: Categories = Categories(8);
const C: Categories = Categories(16);
const FP: Categories = F.and(P);
const FPJ: Categories = FP.and(J);
const FPJW: Categories = FPJ.and(W);
const JW: Categories = J.and(W);

/// The names of the categories.
const CATEGORIES: [(&str, Categories); 5] = [
    ("FILE", F),
    ("PACKAGE", P),
    ("WIRE_JSON", J),
    ("WIRE", W),
    ("CSR", C),
];

impl Categories {
    const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    const fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

/// A rule.
pub(super) struct Rule {
    pub id: &'static str,
    pub judge: Judge,
    v1beta1: Option<Categories>,
    v1: Option<Categories>,
    v2: Option<Categories>,
}

/// An id that older versions of the configuration still know.
struct Deprecated {
    id: &'static str,
    replaced_by: &'static [&'static str],
    in_v2: bool,
}

impl Version {
    /// The rules of this version.
    pub(super) fn rules(self) -> impl Iterator<Item = &'static Rule> {
        RULES
            .iter()
            .filter(move |rule| rule.categories(self).is_some())
    }

    /// The rules that count where none are asked for: those of `FILE`.
    pub(super) fn defaults(self) -> Vec<&'static str> {
        self.in_category(F)
    }

    /// The rules that an id of a rule or category stands for, `None` where there is no such id.
    /// A deprecated rule stands for those that replace it.
    pub(super) fn expand(self, id: &str) -> Option<Vec<&'static str>> {
        if let Some(rule) = self.rules().find(|rule| rule.id == id) {
            return Some(vec![rule.id]);
        }
        if let Some(old) = self.deprecated(id) {
            return Some(old.replaced_by.to_vec());
        }
        let (_, category) = CATEGORIES.iter().find(|(name, _)| *name == id)?;
        Some(self.in_category(*category)).filter(|found| !found.is_empty())
    }

    /// What to say of an id that should no longer be used.
    pub(super) fn deprecation(self, id: &str) -> Option<String> {
        let old = self.deprecated(id)?;
        Some(match old.replaced_by {
            [] => format!("rule {id} is deprecated and checks nothing"),
            more => format!("rule {id} is deprecated, use {}", more.join(", ")),
        })
    }

    fn deprecated(self, id: &str) -> Option<&'static Deprecated> {
        let here = |old: &&Deprecated| old.id == id && (old.in_v2 || self != Self::V2);
        DEPRECATED.iter().find(here)
    }

    fn in_category(self, category: Categories) -> Vec<&'static str> {
        let inside = |rule: &&Rule| {
            rule.categories(self)
                .is_some_and(|found| found.meets(category))
        };
        self.rules().filter(inside).map(|rule| rule.id).collect()
    }
}

impl Rule {
    const fn categories(&self, version: Version) -> Option<Categories> {
        match version {
            Version::V1Beta1 => self.v1beta1,
            Version::V1 => self.v1,
            Version::V2 => self.v2,
        }
    }

    /// With the same categories everywhere.
    const fn new(id: &'static str, judge: Judge, categories: Categories) -> Self {
        Self {
            id,
            judge,
            v1beta1: Some(categories),
            v1: Some(categories),
            v2: Some(categories),
        }
    }

    /// Also in `CSR`, which only v2 has.
    const fn csr(mut self) -> Self {
        if let Some(categories) = self.v2 {
            self.v2 = Some(categories.and(C));
        }
        self
    }

    /// With other categories in v1beta1.
    const fn v1beta1(mut self, categories: Categories) -> Self {
        self.v1beta1 = Some(categories);
        self
    }

    /// Unknown in v1beta1.
    const fn since_v1(mut self) -> Self {
        self.v1beta1 = None;
        self
    }

    /// Unknown before v2.
    const fn since_v2(mut self) -> Self {
        self.v1 = None;
        self.since_v1()
    }
}

const DEPRECATED: [Deprecated; 5] = [
    Deprecated {
        id: "FIELD_SAME_CTYPE",
        replaced_by: &["FIELD_SAME_CPP_STRING_TYPE"],
        in_v2: false,
    },
    Deprecated {
        id: "FIELD_SAME_LABEL",
        replaced_by: &[
            "FIELD_SAME_CARDINALITY",
            "FIELD_WIRE_COMPATIBLE_CARDINALITY",
            "FIELD_WIRE_JSON_COMPATIBLE_CARDINALITY",
        ],
        in_v2: false,
    },
    Deprecated {
        id: "FILE_SAME_JAVA_STRING_CHECK_UTF8",
        replaced_by: &["FIELD_SAME_JAVA_UTF8_VALIDATION"],
        in_v2: false,
    },
    Deprecated {
        id: "FILE_SAME_PHP_GENERIC_SERVICES",
        replaced_by: &[],
        in_v2: false,
    },
    Deprecated {
        id: "MESSAGE_SAME_MESSAGE_SET_WIRE_FORMAT",
        replaced_by: &[],
        in_v2: true,
    },
];

/// Sorted by id.
pub(super) static RULES: [Rule; 64] = [
    Rule::new("ENUM_NO_DELETE", Judge::File(enums::deleted), F).csr(),
    Rule::new(
        "ENUM_SAME_JSON_FORMAT",
        Judge::Enum(features::enum_json_format),
        FPJ,
    )
    .csr(),
    Rule::new("ENUM_SAME_TYPE", Judge::Enum(features::enum_type), FP),
    Rule::new(
        "ENUM_VALUE_NO_DELETE",
        Judge::Enum(enums::value_deleted),
        FP,
    )
    .csr(),
    Rule::new(
        "ENUM_VALUE_NO_DELETE_UNLESS_NAME_RESERVED",
        Judge::Enum(enums::value_deleted_unless_name_reserved),
        J,
    )
    .csr(),
    Rule::new(
        "ENUM_VALUE_NO_DELETE_UNLESS_NUMBER_RESERVED",
        Judge::Enum(enums::value_deleted_unless_number_reserved),
        JW,
    )
    .csr(),
    Rule::new(
        "ENUM_VALUE_SAME_NAME",
        Judge::Enum(enums::value_renamed),
        FPJ,
    )
    .csr(),
    Rule::new(
        "EXTENSION_MESSAGE_NO_DELETE",
        Judge::Message(messages::extension_range_deleted),
        FP,
    )
    .csr(),
    Rule::new(
        "EXTENSION_NO_DELETE",
        Judge::File(fields::extension_deleted),
        F,
    )
    .since_v2(),
    Rule::new("FIELD_NO_DELETE", Judge::Message(fields::deleted), FP).csr(),
    Rule::new(
        "FIELD_NO_DELETE_UNLESS_NAME_RESERVED",
        Judge::Message(fields::deleted_unless_name_reserved),
        J,
    )
    .csr(),
    Rule::new(
        "FIELD_NO_DELETE_UNLESS_NUMBER_RESERVED",
        Judge::Message(fields::deleted_unless_number_reserved),
        JW,
    )
    .csr(),
    Rule::new(
        "FIELD_SAME_CARDINALITY",
        Judge::Field(fields::same_cardinality),
        FP,
    )
    .v1beta1(FPJW),
    Rule::new(
        "FIELD_SAME_CPP_STRING_TYPE",
        Judge::Field(features::cpp_string_type),
        FP,
    ),
    Rule::new("FIELD_SAME_DEFAULT", Judge::Field(defaults::changed), FPJW)
        .csr()
        .since_v2(),
    Rule::new(
        "FIELD_SAME_JAVA_UTF8_VALIDATION",
        Judge::Field(features::java_utf8_validation),
        FP,
    ),
    Rule::new(
        "FIELD_SAME_JSON_NAME",
        Judge::Field(fields::json_name_changed),
        FPJ,
    )
    .csr(),
    Rule::new("FIELD_SAME_JSTYPE", Judge::Field(features::jstype), FP),
    Rule::new("FIELD_SAME_NAME", Judge::Field(fields::renamed), FPJ).csr(),
    Rule::new(
        "FIELD_SAME_ONEOF",
        Judge::Field(fields::oneof_changed),
        FPJW,
    )
    .csr(),
    Rule::new("FIELD_SAME_TYPE", Judge::Field(fields::same_type), FP)
        .csr()
        .v1beta1(FPJW),
    Rule::new(
        "FIELD_SAME_UTF8_VALIDATION",
        Judge::Field(features::utf8_validation),
        FP,
    ),
    Rule::new(
        "FIELD_WIRE_COMPATIBLE_CARDINALITY",
        Judge::Field(fields::wire_cardinality),
        W,
    ),
    Rule::new(
        "FIELD_WIRE_COMPATIBLE_TYPE",
        Judge::Field(fields::wire_type),
        W,
    )
    .since_v1(),
    Rule::new(
        "FIELD_WIRE_JSON_COMPATIBLE_CARDINALITY",
        Judge::Field(fields::wire_json_cardinality),
        J,
    )
    .csr(),
    Rule::new(
        "FIELD_WIRE_JSON_COMPATIBLE_TYPE",
        Judge::Field(fields::wire_json_type),
        J,
    )
    .csr()
    .since_v1(),
    Rule::new("FILE_NO_DELETE", Judge::Image(files::deleted), F).csr(),
    Rule::new(
        "FILE_SAME_CC_ENABLE_ARENAS",
        Judge::File(files::cc_enable_arenas),
        FP,
    ),
    Rule::new(
        "FILE_SAME_CC_GENERIC_SERVICES",
        Judge::Switch("cc_generic_services", 16),
        FP,
    ),
    Rule::new(
        "FILE_SAME_CSHARP_NAMESPACE",
        Judge::Text("csharp_namespace", 37),
        FP,
    ),
    Rule::new("FILE_SAME_GO_PACKAGE", Judge::Text("go_package", 11), FP),
    Rule::new(
        "FILE_SAME_JAVA_GENERIC_SERVICES",
        Judge::Switch("java_generic_services", 17),
        FP,
    ),
    Rule::new(
        "FILE_SAME_JAVA_MULTIPLE_FILES",
        Judge::Switch("java_multiple_files", 10),
        FP,
    ),
    Rule::new(
        "FILE_SAME_JAVA_OUTER_CLASSNAME",
        Judge::Text("java_outer_classname", 8),
        FP,
    ),
    Rule::new("FILE_SAME_JAVA_PACKAGE", Judge::Text("java_package", 1), FP),
    Rule::new(
        "FILE_SAME_OBJC_CLASS_PREFIX",
        Judge::Text("objc_class_prefix", 36),
        FP,
    ),
    Rule::new(
        "FILE_SAME_OPTIMIZE_FOR",
        Judge::File(files::optimize_for),
        FP,
    ),
    Rule::new("FILE_SAME_PACKAGE", Judge::File(files::package), FPJW)
        .csr()
        .v1beta1(F),
    Rule::new(
        "FILE_SAME_PHP_CLASS_PREFIX",
        Judge::Text("php_class_prefix", 40),
        FP,
    ),
    Rule::new(
        "FILE_SAME_PHP_METADATA_NAMESPACE",
        Judge::Text("php_metadata_namespace", 44),
        FP,
    ),
    Rule::new(
        "FILE_SAME_PHP_NAMESPACE",
        Judge::Text("php_namespace", 41),
        FP,
    ),
    Rule::new(
        "FILE_SAME_PY_GENERIC_SERVICES",
        Judge::Switch("py_generic_services", 18),
        FP,
    ),
    Rule::new(
        "FILE_SAME_RUBY_PACKAGE",
        Judge::Text("ruby_package", 45),
        FP,
    ),
    Rule::new(
        "FILE_SAME_SWIFT_PREFIX",
        Judge::Text("swift_prefix", 39),
        FP,
    ),
    Rule::new("FILE_SAME_SYNTAX", Judge::File(files::syntax), FP).csr(),
    Rule::new("MESSAGE_NO_DELETE", Judge::File(messages::deleted), F).csr(),
    Rule::new(
        "MESSAGE_NO_REMOVE_STANDARD_DESCRIPTOR_ACCESSOR",
        Judge::Message(messages::accessor_removed),
        FP,
    )
    .csr(),
    Rule::new(
        "MESSAGE_SAME_JSON_FORMAT",
        Judge::Message(features::message_json_format),
        FPJ,
    )
    .csr(),
    Rule::new(
        "MESSAGE_SAME_REQUIRED_FIELDS",
        Judge::Message(messages::required_fields),
        FPJW,
    )
    .csr(),
    Rule::new(
        "ONEOF_NO_DELETE",
        Judge::Message(messages::oneof_deleted),
        FP,
    )
    .csr(),
    Rule::new(
        "PACKAGE_ENUM_NO_DELETE",
        Judge::Image(packages::enum_deleted),
        P,
    ),
    Rule::new(
        "PACKAGE_EXTENSION_NO_DELETE",
        Judge::Image(packages::extension_deleted),
        P,
    )
    .since_v2(),
    Rule::new(
        "PACKAGE_MESSAGE_NO_DELETE",
        Judge::Image(packages::message_deleted),
        P,
    ),
    Rule::new("PACKAGE_NO_DELETE", Judge::Image(packages::deleted), P),
    Rule::new(
        "PACKAGE_SERVICE_NO_DELETE",
        Judge::Image(packages::service_deleted),
        P,
    ),
    Rule::new(
        "RESERVED_ENUM_NO_DELETE",
        Judge::Enum(enums::reserved_deleted),
        FPJW,
    )
    .csr(),
    Rule::new(
        "RESERVED_MESSAGE_NO_DELETE",
        Judge::Message(messages::reserved_deleted),
        FPJW,
    )
    .csr(),
    Rule::new("RPC_NO_DELETE", Judge::Service(services::rpc_deleted), FP),
    Rule::new(
        "RPC_SAME_CLIENT_STREAMING",
        Judge::Method(services::client_streaming),
        FPJW,
    )
    .csr(),
    Rule::new(
        "RPC_SAME_IDEMPOTENCY_LEVEL",
        Judge::Method(services::idempotency_level),
        FPJW,
    )
    .csr(),
    Rule::new(
        "RPC_SAME_REQUEST_TYPE",
        Judge::Method(services::request_type),
        FPJW,
    )
    .csr(),
    Rule::new(
        "RPC_SAME_RESPONSE_TYPE",
        Judge::Method(services::response_type),
        FPJW,
    )
    .csr(),
    Rule::new(
        "RPC_SAME_SERVER_STREAMING",
        Judge::Method(services::server_streaming),
        FPJW,
    )
    .csr(),
    Rule::new("SERVICE_NO_DELETE", Judge::File(services::deleted), F),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_version_has_as_many_rules_as_buf_lists() {
        let counts = |version: Version| {
            let deprecated = DEPRECATED
                .iter()
                .filter(|old| version.deprecated(old.id).is_some());
            let mut counts = vec![version.rules().count() + deprecated.count()];
            counts.extend(CATEGORIES.map(|(_, set)| version.in_category(set).len()));
            counts
        };
        assert_eq!(counts(Version::V2), [65, 51, 51, 22, 15, 32]);
        assert_eq!(counts(Version::V1), [66, 49, 49, 21, 14, 0]);
        assert_eq!(counts(Version::V1Beta1)[0], 64);
    }

    #[test]
    fn rules_are_sorted_by_id() {
        assert!(RULES.is_sorted_by(|one, other| one.id < other.id));
    }

    #[test]
    fn ids_stand_for_rules() {
        assert_eq!(Version::V1.expand("CSR"), None);
        assert_eq!(Version::V1.expand("BOGUS"), None);
        assert_eq!(Version::V1.expand("FIELD_SAME_DEFAULT"), None);
        let cardinality = Version::V1.expand("FIELD_SAME_LABEL").expect("is known");
        assert_eq!(cardinality.len(), 3);
        assert_eq!(
            Version::V2.expand("MESSAGE_SAME_MESSAGE_SET_WIRE_FORMAT"),
            Some(Vec::new())
        );
        assert!(Version::V1.deprecation("FIELD_SAME_CTYPE").is_some());
        assert_eq!(Version::V2.deprecation("FIELD_SAME_CTYPE"), None);
    }
}
