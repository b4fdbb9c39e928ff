//! Valid `.proto` texts that hold every construct, made from a number.
//!
//! The same number makes the same text. What is made is not sensible, only legal.

use std::fmt::Write as _;

/// What a text is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Language {
    Proto2,
    Proto3,
    Edition,
}

/// Makes a text.
pub(super) fn text(seed: u64) -> String {
    let mut grower = Grower {
        state: seed,
        language: Language::Proto2,
        out: String::new(),
        depth: 0,
        next_extension: 1000,
    };
    grower.language = match grower.below(3) {
        0 => Language::Proto2,
        1 => Language::Proto3,
        _ => Language::Edition,
    };
    grower.file();
    grower.out
}

/// What options can be set to: declared in every text.
const OPTIONS: &str = r"
message Opt {
  OPTIONAL int32 i = 1; OPTIONAL string s = 2; OPTIONAL bytes b = 3; OPTIONAL double d = 4; OPTIONAL float f = 5;
  OPTIONAL Opt sub = 6; repeated Opt subs = 7; repeated int64 ns = 8; OPTIONAL Shade shade = 9;
  map<string, int32> counts = 10; OPTIONAL uint64 u = 11; OPTIONAL sint32 z = 12; OPTIONAL bool yes = 13;
  repeated Shade shades = 14; map<int32, Opt> nested = 15; OPTIONAL fixed64 x = 16;
}
enum Shade { LIGHT = 0; DARK = 5; }
extend google.protobuf.FileOptions { OPTIONAL Opt file_opt = 50001; repeated string file_tags = 50002; }
extend google.protobuf.MessageOptions { OPTIONAL Opt message_opt = 50001; repeated string message_tags = 50002; }
extend google.protobuf.FieldOptions { OPTIONAL Opt field_opt = 50001; repeated string field_tags = 50002; }
extend google.protobuf.EnumOptions { OPTIONAL Opt enum_opt = 50001; repeated string enum_tags = 50002; }
extend google.protobuf.EnumValueOptions { OPTIONAL Opt value_opt = 50001; repeated string value_tags = 50002; }
extend google.protobuf.OneofOptions { OPTIONAL Opt oneof_opt = 50001; repeated string oneof_tags = 50002; }
extend google.protobuf.ServiceOptions { OPTIONAL Opt service_opt = 50001; repeated string service_tags = 50002; }
extend google.protobuf.MethodOptions { OPTIONAL Opt method_opt = 50001; repeated string method_tags = 50002; }
";

const SCALARS: [&str; 15] = [
    "double", "float", "int32", "int64", "uint32", "uint64", "sint32", "sint64", "fixed32",
    "fixed64", "sfixed32", "sfixed64", "bool", "string", "bytes",
];

const KEYS: [&str; 4] = ["string", "int32", "bool", "sfixed64"];

const STRINGS: [&str; 8] = [
    r#""""#,
    r#"'it"s'"#,
    r#""a\n\t\\\"\'""#,
    r#""\001\x7f\377""#,
    "\"\u{e9}\u{1f600}\"",
    r#""a" 'b' "c""#,
    r#""/* no comment */""#,
    r#""// , ; : {""#,
];

const COMMENTS: [&str; 6] = [
    "// line\n",
    "/* block */",
    "\n\n// detached\n\n",
    "/* several\n   * lines\n */\n",
    "\n",
    "// one\n// two\n",
];

struct Grower {
    state: u64,
    language: Language,
    out: String,
    depth: usize,
    next_extension: i32,
}

impl Grower {
    fn number(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.number() % u64::try_from(end).expect("is small")).expect("is small")
    }

    fn one_in(&mut self, count: usize) -> bool {
        self.below(count) == 0
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }

    fn write(&mut self, text: &str) {
        self.out.push_str(text);
        if self.one_in(12) {
            let comment = self.pick(&COMMENTS);
            self.out.push_str(comment);
        }
        let end = if self.one_in(4) { "\n" } else { " " };
        self.out.push_str(end);
    }

    fn file(&mut self) {
        let syntax = match self.language {
            Language::Proto2 => "syntax = \"proto2\";",
            Language::Proto3 => "syntax = \"proto3\";",
            Language::Edition => "edition = \"2023\";",
        };
        self.write(syntax);
        self.write("package p.q;");
        self.write("import \"google/protobuf/timestamp.proto\";");
        self.write("import public \"google/protobuf/any.proto\";");
        self.write("import \"google/protobuf/descriptor.proto\";");
        if self.language == Language::Edition {
            self.write("import \"google/protobuf/cpp_features.proto\";");
            self.write("option features.json_format = LEGACY_BEST_EFFORT;");
        }
        self.write("option java_package = 'x.y';");
        self.statements("file");
        let label = match self.language {
            Language::Proto2 => "optional",
            Language::Proto3 | Language::Edition => "",
        };
        self.out.push_str(&OPTIONS.replace("OPTIONAL", label));
        for index in 0..3 {
            self.message(&format!("M{index}"));
        }
        self.enumeration("E", "E");
        if self.language != Language::Proto3 {
            self.extend("M0", 2);
        }
        self.service();
    }

    /// Custom options as statements.
    fn statements(&mut self, of: &str) {
        for option in self.options(of) {
            self.write(&format!("option {option};"));
        }
    }

    /// Custom options in brackets.
    fn brackets(&mut self, of: &str, more: Vec<String>) {
        let mut all = self.options(of);
        all.extend(more);
        if !all.is_empty() {
            let all = all.join(", ");
            self.write(&format!("[{all}]"));
        }
    }

    fn options(&mut self, of: &str) -> Vec<String> {
        let mut all = Vec::new();
        let shape = self.below(4);
        if shape == 0 {
            let value = self.aggregate(2);
            all.push(format!("({of}_opt) = {value}"));
        } else if shape == 1 {
            all.push(format!("({of}_opt).sub.i = {}", -7));
            all.push(format!(
                "(p.q.{of}_opt).sub.s = {}",
                self.pick(&STRINGS[..3])
            ));
            all.push(format!(
                "(.p.q.{of}_opt).d = {}",
                self.pick(&["inf", "1e300", "-.5"])
            ));
        }
        for _ in 0..self.below(3) {
            all.push(format!("({of}_tags) = {}", self.pick(&STRINGS[4..])));
        }
        all
    }

    fn aggregate(&mut self, depth: usize) -> String {
        let mut out = String::from("{ ");
        for field in 0..16 {
            if !self.one_in(4) {
                continue;
            }
            let text = self.pick(&STRINGS[4..]);
            let value = match field {
                0 => "i: -2147483648".to_owned(),
                1 => format!("s: {text}"),
                2 => format!("b {}", ": \"\\000\\xfe'\""),
                3 => format!("d: {}", self.pick(&["inf", "-inf", "1.5e-7", "10", "-0.0"])),
                4 => format!("f: {}", self.pick(&["0.1", "3", "1e10", "inf"])),
                5 if depth > 0 => format!("sub {}", self.aggregate(depth - 1)),
                6 if depth > 0 => {
                    let (a, b) = (self.aggregate(depth - 1), self.aggregate(0));
                    format!("subs: [{a}, {b}] subs < >")
                }
                7 => format!("ns: [] ns: {} ns: [-1, 2]", i64::MAX),
                8 => "shade: DARK".to_owned(),
                9 => format!("counts {{ key: {text} value: -1 }} counts: [{{ value: 2 }}]"),
                10 => format!("u: {}", u64::MAX),
                11 => "z: -5".to_owned(),
                12 => "yes: true".to_owned(),
                13 => "shades: [DARK, LIGHT]; shades: DARK".to_owned(),
                14 if depth > 0 => format!("nested {{ key: -3 value {} }}", self.aggregate(0)),
                15 => "x: 010".to_owned(),
                _ => continue,
            };
            out.push_str(&value);
            out.push_str(self.pick(&[" ", ", ", "; ", " /* c */ ", " // c\n"]));
        }
        out.push('}');
        out
    }

    fn message(&mut self, name: &str) {
        self.depth += 1;
        self.write(&format!("message {name} {{"));
        self.body();
        self.write("}");
        self.depth -= 1;
    }

    fn body(&mut self) {
        self.statements("message");
        let mut number = 1;
        for index in 0..self.below(6) {
            self.member(&mut number, index);
        }
        if self.one_in(3) {
            self.write("reserved 500, 600 to 700, 0x320 to 900;");
            self.write(match self.language {
                Language::Edition => "reserved gone, to;",
                Language::Proto2 | Language::Proto3 => "reserved \"gone\", 'too' \"far\";",
            });
        }
        if self.depth == 1 && self.language != Language::Proto3 {
            self.write("extensions 1000 to 9999, 20000 to 30000;");
            self.write("extensions 40000 to max [verification = UNVERIFIED];");
            if self.one_in(2) {
                self.extend(".p.q.M0", 1);
            }
        }
        if self.depth < 3 && self.one_in(2) {
            let name = self.nested_name();
            self.message(name);
        }
        if self.one_in(3) {
            self.enumeration("Kind", "K");
        }
        if self.one_in(6) {
            self.write(";");
        }
    }

    /// A name that shadows one outside.
    fn nested_name(&self) -> &'static str {
        if self.depth == 1 { "M1" } else { "E" }
    }

    fn member(&mut self, number: &mut i32, index: usize) {
        match self.below(7) {
            0 => {
                let (key, value) = (self.pick(&KEYS), self.kind());
                self.write(&format!("map<{key}, {value}> m{index}_x = {number}"));
                self.brackets("field", Vec::new());
                self.write(";");
            }
            1 => self.oneof(number, index),
            2 if self.language == Language::Proto2 => {
                let label = self.pick(&["optional", "required", "repeated"]);
                self.write(&format!("{label} group Gr{index} = {number}"));
                self.brackets("field", Vec::new());
                self.write("{");
                self.depth += 3;
                self.body();
                self.depth -= 3;
                self.write("}");
            }
            _ => self.field(*number, index),
        }
        *number += 1;
    }

    fn field(&mut self, number: i32, index: usize) {
        let kind = self.kind();
        let label = match self.language {
            Language::Proto2 => self.pick(&["optional", "required", "repeated"]),
            Language::Proto3 => self.pick(&["", "optional", "repeated"]),
            Language::Edition => self.pick(&["", "repeated"]),
        };
        self.write(&format!("{label} {kind} f_{index}_x = {number}"));
        let mut more = Vec::new();
        if self.language == Language::Edition {
            more.extend(self.features(&kind, label));
        }
        if self.language != Language::Proto3 && label != "repeated" && self.one_in(2) {
            more.extend(self.default_of(&kind));
        }
        if self.one_in(5) {
            more.push(format!("json_name = \"j{index}\""));
        }
        if self.one_in(5) {
            more.push("deprecated = true".to_owned());
        }
        self.brackets("field", more);
        self.write(";");
    }

    fn features(&mut self, kind: &str, label: &str) -> Option<String> {
        let feature = match (kind, label) {
            (_, "") if self.one_in(3) => "features.field_presence = LEGACY_REQUIRED",
            ("M0" | "Opt", _) => "features.message_encoding = DELIMITED",
            ("int32" | "bool" | "double", "repeated") => {
                "features.repeated_field_encoding = EXPANDED"
            }
            ("string", _) => "features.(pb.cpp).string_type = CORD",
            _ => return None,
        };
        self.one_in(2).then(|| feature.to_owned())
    }

    fn default_of(&mut self, kind: &str) -> Option<String> {
        let value = match kind {
            "string" => self.pick(&STRINGS[4..]),
            "bytes" => self.pick(&STRINGS),
            "bool" => "true",
            "double" | "float" => {
                self.pick(&["nan", "-inf", "1.5", "-0.1e-9", "7", "123456789.125"])
            }
            "int32" | "sint64" | "sfixed32" => self.pick(&["-1", "0x7f", "0"]),
            "uint64" => "18446744073709551615",
            _ => return None,
        };
        Some(format!("default = {value}"))
    }

    fn kind(&mut self) -> String {
        match self.below(9) {
            0 => "M0".to_owned(),
            1 => ".p.q.M2".to_owned(),
            2 => "google.protobuf.Timestamp".to_owned(),
            3 => ".p.q.E".to_owned(),
            4 => "Opt".to_owned(),
            _ => self.pick(&SCALARS).to_owned(),
        }
    }

    fn oneof(&mut self, number: &mut i32, index: usize) {
        self.write(&format!("oneof o{index} {{"));
        self.statements("oneof");
        for member in 0..=self.below(3) {
            *number += 1;
            let kind = self.kind();
            self.write(&format!("{kind} o{index}_{member} = {number}"));
            self.brackets("field", Vec::new());
            self.write(";");
        }
        self.write("}");
    }

    fn enumeration(&mut self, name: &str, prefix: &str) {
        self.write(&format!("enum {name} {{"));
        self.statements("enum");
        let aliases = self.one_in(2);
        if aliases {
            self.write("option allow_alias = true;");
        }
        for index in 0..=self.below(4) {
            self.write(&format!(
                "{prefix}_{index} = {}{index}",
                if index > 1 { "-" } else { "" }
            ));
            self.brackets("value", Vec::new());
            self.write(";");
        }
        if aliases {
            self.write(&format!("{prefix}_ALIAS = 0;"));
        }
        if self.one_in(3) {
            self.write("reserved -100 to -50, 50, 100 to max;");
            self.write(match self.language {
                Language::Edition => "reserved OLD;",
                Language::Proto2 | Language::Proto3 => "reserved \"OLD\";",
            });
        }
        self.write("}");
    }

    fn extend(&mut self, extendee: &str, count: usize) {
        self.write(&format!("extend {extendee} {{"));
        for _ in 0..count {
            let number = self.next_extension;
            self.next_extension += 1;
            let kind = self.kind();
            self.write(&format!("repeated {kind} ext_{number} = {number}"));
            self.brackets("field", Vec::new());
            self.write(";");
        }
        self.write("}");
    }

    fn service(&mut self) {
        self.write("service S {");
        self.statements("service");
        for index in 0..self.below(4) {
            let (input, output) = (self.pick(&["", "stream "]), self.pick(&["", "stream "]));
            // Writing to a `String` cannot fail.
            let _ = write!(
                self.out,
                "rpc R{index}({input}M0) returns ({output}.p.q.M1)"
            );
            if self.one_in(2) {
                self.write("{");
                self.statements("method");
                self.write("}");
            } else {
                self.write(";");
            }
        }
        self.write("}");
    }
}
