//! Options of `schemad`: command line and environment, read here and nowhere else.

use std::net::SocketAddr;
use std::time::Duration;

use checker::{Level, Options, Policy, Profile, RuleSeverity};
use clap::builder::BoolishValueParser;
use clap::{ArgAction, Parser, ValueEnum};

use crate::api::Shape;
use crate::registry::RegistryOptions;
use crate::store::StoreConfig;

const EXAMPLES: &str = "\
Examples:
  schemad
      listens on http://127.0.0.1:8081 and keeps its data in ./schemad.db
  schemad --in-memory --listen 127.0.0.1:0
      for tests: any free port, nothing is kept
  schemad --database-url postgres://schemad:secret@db/schemad \\
          --listen 0.0.0.0:8081 --allow-public-without-authentication
      one of any number of nodes on one PostgreSQL, behind a gateway that authenticates

A client's whole configuration is the URL:
  curl -d '{\"schema\": \"\\\"string\\\"\"}' -H 'Content-Type: application/json' \\
       http://127.0.0.1:8081/subjects/greeting/versions";

/// A schema registry that keeps every contract between services compatible.
///
/// It speaks the wire protocol of Confluent Schema Registry, needs no Kafka, and keeps its data in
/// an SQLite file or in PostgreSQL.
#[derive(Clone, Debug, Parser)]
#[command(name = "schemad", version, after_long_help = EXAMPLES)]
pub struct Config {
    /// Where to listen.
    ///
    /// Port 0 takes any free port; the log says which.
    #[arg(
        long,
        env = "SCHEMAD_LISTEN",
        value_name = "ADDRESS:PORT",
        default_value = "127.0.0.1:8081",
        value_parser = listen_address
    )]
    pub listen: SocketAddr,

    /// Listen on an address that others can reach, although nobody has to authenticate.
    ///
    /// Whoever reaches the server can then register and delete. Do this only where something in
    /// front of it decides who may.
    #[arg(long, env = "SCHEMAD_ALLOW_PUBLIC_WITHOUT_AUTHENTICATION", action = ArgAction::SetTrue, value_parser = BoolishValueParser::new())]
    pub allow_public_without_authentication: bool,

    /// Where the data is.
    ///
    /// `sqlite:PATH` is a file, made if it is not there. `postgres://USER:PASSWORD@HOST/DATABASE` is
    /// a PostgreSQL database, which any number of nodes may share. Tables are made and brought up to
    /// date at the start.
    #[arg(
        long,
        env = "SCHEMAD_DATABASE_URL",
        value_name = "URL",
        default_value = "sqlite:schemad.db",
        hide_env_values = true
    )]
    pub database_url: String,

    /// Keep nothing: the data is gone when the server stops.
    #[arg(long, env = "SCHEMAD_IN_MEMORY", conflicts_with = "database_url", action = ArgAction::SetTrue, value_parser = BoolishValueParser::new())]
    pub in_memory: bool,

    /// How many database connections read at the same time.
    #[arg(
        long,
        env = "SCHEMAD_DATABASE_CONNECTIONS",
        value_name = "NUMBER",
        default_value_t = StoreConfig::CONNECTIONS_MAX_DEFAULT,
        value_parser = clap::value_parser!(u32).range(1..)
    )]
    pub database_connections: u32,

    /// The compatibility level where none is configured through the API.
    ///
    /// `NONE`, `BACKWARD`, `FORWARD`, `FULL`, or one of the last three with `_TRANSITIVE`; in any
    /// case.
    #[arg(
        long,
        env = "SCHEMAD_COMPATIBILITY_LEVEL",
        value_name = "LEVEL",
        default_value = "BACKWARD"
    )]
    pub compatibility_level: Level,

    /// Whose verdict decides.
    #[arg(
        long,
        env = "SCHEMAD_PROFILE",
        value_name = "PROFILE",
        default_value = "proven"
    )]
    pub profile: ProfileName,

    /// How the writer of a JSON Schema is read, where no policy is configured through the API.
    #[arg(
        long,
        env = "SCHEMAD_POLICY",
        value_name = "POLICY",
        default_value = "strict"
    )]
    pub policy: PolicyName,

    /// What the findings of a rule count for: `error`, `warning` or `off`.
    ///
    /// Repeatable, or several with commas between them. Errors are refused, the rest is stored.
    /// What tells of data that cannot be read stays an error, and the profile `contract` has the
    /// contract's own severities. `schemactl explain` lists the rules.
    #[arg(
        long,
        env = "SCHEMAD_SEVERITY",
        value_name = "RULE=SEVERITY",
        value_delimiter = ','
    )]
    pub severity: Vec<RuleSeverity>,

    /// Accept schemas whose compatibility could not be decided, instead of refusing them.
    #[arg(long, env = "SCHEMAD_ACCEPT_UNDECIDED", action = ArgAction::SetTrue, value_parser = BoolishValueParser::new())]
    pub accept_undecided: bool,

    /// In which form schema texts are returned.
    #[arg(
        long,
        env = "SCHEMAD_SCHEMA_TEXT",
        value_name = "FORM",
        default_value = "sent"
    )]
    pub schema_text: SchemaText,

    /// Which shape answers have.
    #[arg(
        long,
        env = "SCHEMAD_ANSWER_SHAPE",
        value_name = "SHAPE",
        default_value = "auto"
    )]
    pub answer_shape: AnswerShape,

    /// How long a request body may be: bytes, or with a unit as in 512KB or 10MB.
    #[arg(
        long,
        env = "SCHEMAD_MAX_BODY_SIZE",
        value_name = "SIZE",
        default_value = "10MB",
        value_parser = parse_size
    )]
    pub max_body_size: usize,

    /// How long a request may take: seconds, or with a unit as in 500ms, 60s or 2m.
    #[arg(
        long,
        env = "SCHEMAD_REQUEST_TIMEOUT",
        value_name = "TIME",
        default_value = "60s",
        value_parser = parse_duration
    )]
    pub request_timeout: Duration,

    /// How many connections may be open at the same time; more wait until one is closed.
    #[arg(
        long,
        env = "SCHEMAD_MAX_CONNECTIONS",
        value_name = "NUMBER",
        default_value_t = 4_096,
        value_parser = clap::value_parser!(u32).range(1..=1_000_000)
    )]
    pub max_connections: u32,

    /// What to log: error, warn, info, debug or trace, also by module as in
    /// `info,server::store=debug`.
    #[arg(
        long,
        env = "SCHEMAD_LOG",
        value_name = "FILTER",
        default_value = "info"
    )]
    pub log: String,

    /// How to write the log, which goes to standard error.
    #[arg(
        long,
        env = "SCHEMAD_LOG_FORMAT",
        value_name = "FORMAT",
        default_value = "text"
    )]
    pub log_format: LogFormat,
}

/// See [`Profile`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ProfileName {
    /// What really happens to data and calls, shown by execution
    Proven,
    /// What the wire contract's own registry would answer
    Contract,
}

/// See [`Policy`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum PolicyName {
    /// It may write every document that the schema admits
    Strict,
    /// It writes only properties that the schema declares
    Lenient,
}

/// In which form schema texts are returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SchemaText {
    /// As they were sent
    Sent,
    /// In canonical form
    Canonical,
}

/// Which shape answers have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum AnswerShape {
    /// Legacy for old Java clients, modern for all others
    Auto,
    /// As until 7.9 of the wire contract
    Legacy,
    /// As from 8.0 of the wire contract on
    Modern,
}

/// How to write the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people
    Text,
    /// One JSON object a line
    Json,
}

impl Config {
    /// What `schemad` uses with these arguments (without the program's name), and the environment.
    pub fn from_arguments<I: IntoIterator<Item = S>, S: Into<std::ffi::OsString> + Clone>(
        arguments: I,
    ) -> Result<Self, clap::Error> {
        let name = std::iter::once(std::ffi::OsString::from("schemad"));
        Self::try_parse_from(name.chain(arguments.into_iter().map(Into::into)))
    }

    /// What is wrong with the options together, and the remedy.
    pub fn check(&self) -> Result<(), String> {
        if !self.listen.ip().is_loopback() && !self.allow_public_without_authentication {
            return Err(format!(
                "--listen {} can be reached from other machines, and anybody there could change \
                 and delete schemas; listen on a loopback address such as 127.0.0.1:{}, or pass \
                 --allow-public-without-authentication",
                self.listen,
                self.listen.port()
            ));
        }
        Ok(())
    }

    pub(crate) fn store(&self) -> StoreConfig {
        let memory = "sqlite::memory:".to_owned();
        StoreConfig {
            url: if self.in_memory {
                memory
            } else {
                self.database_url.clone()
            },
            connections_max: self.database_connections,
        }
    }

    pub(crate) fn registry(&self) -> RegistryOptions {
        RegistryOptions {
            level: self.compatibility_level,
            check: Options {
                profile: match self.profile {
                    ProfileName::Proven => Profile::Proven,
                    ProfileName::Contract => Profile::Contract,
                },
                policy: match self.policy {
                    PolicyName::Strict => Policy::Strict,
                    PolicyName::Lenient => Policy::Lenient,
                },
                severities: self.severity.iter().copied().collect(),
            },
            accept_undecided: self.accept_undecided,
            canonical_texts: self.schema_text == SchemaText::Canonical,
        }
    }

    pub(crate) fn shape(&self) -> Option<Shape> {
        match self.answer_shape {
            AnswerShape::Auto => None,
            AnswerShape::Legacy => Some(Shape::Legacy),
            AnswerShape::Modern => Some(Shape::Modern),
        }
    }
}

fn listen_address(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| {
        "write an IP address and a port, such as 127.0.0.1:8081 or [::1]:8081".to_owned()
    })
}

fn split_unit(text: &str) -> (&str, &str) {
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    (number, unit.trim())
}

fn parse_size(text: &str) -> Result<usize, String> {
    let (number, unit) = split_unit(text);
    let factor: usize = match unit.to_ascii_uppercase().as_str() {
        "" | "B" => 1,
        "K" | "KB" | "KIB" => 1_024,
        "M" | "MB" | "MIB" => 1_024 * 1_024,
        _ => return Err("write bytes, or a unit as in 512KB or 10MB".to_owned()),
    };
    let number: usize = number
        .parse()
        .map_err(|_| "there is no number".to_owned())?;
    number
        .checked_mul(factor)
        .filter(|size| *size > 0)
        .ok_or("out of range".to_owned())
}

fn parse_duration(text: &str) -> Result<Duration, String> {
    let (number, unit) = split_unit(text);
    let factor = match unit {
        "ms" => 1,
        "" | "s" => 1_000,
        "m" => 60_000,
        _ => return Err("write seconds, or a unit as in 500ms, 60s or 2m".to_owned()),
    };
    let number: u64 = number
        .parse()
        .map_err(|_| "there is no number".to_owned())?;
    let milliseconds = number.checked_mul(factor).filter(|time| *time > 0);
    milliseconds
        .map(Duration::from_millis)
        .ok_or("out of range".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_command_is_well_formed_and_each_option_has_a_variable() {
        Config::command().debug_assert();
        for argument in Config::command().get_arguments() {
            let name = argument.get_id().as_str();
            let variable = argument
                .get_env()
                .and_then(|it| it.to_str())
                .unwrap_or_default();
            assert_eq!(variable, format!("SCHEMAD_{}", name.to_uppercase()));
        }
    }

    #[test]
    fn the_help_fits_all_options_and_shows_examples() {
        let help = Config::command().render_long_help().to_string();
        assert!(help.contains("Examples:"), "{help}");
        assert!(help.contains("[env: SCHEMAD_LISTEN="), "{help}");
    }

    #[test]
    fn public_addresses_need_a_flag() {
        let config = |arguments: &[&str]| Config::from_arguments(arguments).unwrap();
        let refused = config(&["--listen", "0.0.0.0:8081"]).check().unwrap_err();
        assert!(
            refused.contains("--allow-public-without-authentication"),
            "{refused}"
        );
        let flag = "--allow-public-without-authentication";
        assert!(config(&["--listen", "0.0.0.0:8081", flag]).check().is_ok());
        assert!(config(&["--listen", "[::1]:0"]).check().is_ok());
        assert!(config(&[]).check().is_ok());
    }

    #[test]
    fn an_address_is_an_ip_address_and_a_port() {
        assert!(listen_address("[::1]:0").is_ok());
        for text in ["8082", "localhost:8082", ""] {
            let message = listen_address(text).expect_err("is no address");
            assert!(message.contains("127.0.0.1:8081"), "{message}");
        }
    }

    #[test]
    fn data_is_in_one_place_only() {
        let refused = Config::from_arguments(["--in-memory", "--database-url", "sqlite:a.db"]);
        assert!(refused.is_err());
        let config = Config::from_arguments(["--in-memory"]).unwrap();
        assert_eq!(config.store().url, "sqlite::memory:");
        let config = Config::from_arguments::<_, &str>([]).unwrap();
        assert_eq!(config.store().url, "sqlite:schemad.db");
    }

    #[test]
    fn severities_are_checked_at_the_start() {
        let of = |text: &str| {
            let config = Config::from_arguments(["--severity", text]);
            config.map(|config| config.registry().check.severities)
        };
        let rules = of("avro/default-changed=error,avro/decimal-changed=warning").unwrap();
        let expected = ["avro/default-changed=error", "avro/decimal-changed=warning"]
            .map(|text| text.parse::<RuleSeverity>().unwrap());
        assert_eq!(rules, expected.into_iter().collect());
        for text in ["avro/no-such-rule=off", "avro/type-changed=off", "off"] {
            assert!(of(text).is_err(), "{text}");
        }
    }

    #[test]
    fn sizes_and_times_have_units() {
        assert_eq!(parse_size("10MB"), Ok(10_485_760));
        assert_eq!(parse_size("7"), Ok(7));
        assert_eq!(parse_duration("2m"), Ok(Duration::from_mins(2)));
        assert_eq!(parse_duration("500ms"), Ok(Duration::from_millis(500)));
        for text in ["", "MB", "1GBx", "-1", "0", "99999999999999999999"] {
            assert!(parse_size(text).is_err(), "{text}");
            assert!(parse_duration(text).is_err(), "{text}");
        }
    }
}
