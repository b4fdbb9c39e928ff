//! `buf.yaml` of all versions and `buf.work.yaml`: from texts to modules with what counts in them.
//!
//! Keys that buf does not know are refused as buf does. What `lint`, `deps`, `plugins` and `policies`
//! say does not count here.

use std::collections::BTreeMap;

use checker::Source;
use checker::protobuf::buf::{Settings, Version};
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::error::Error;

/// A `buf.yaml`.
#[derive(Clone, Debug)]
pub(super) struct Configuration {
    pub version: Version,
    pub modules: Vec<Module>,
    /// Whether programs are named that buf would run.
    pub has_programs: bool,
}

/// A module: a folder with what belongs to it.
#[derive(Clone, Debug)]
pub(super) struct Module {
    /// From the folder of the configuration; empty for that folder.
    pub folder: String,
    /// From the module's folder; imports start from each.
    pub roots: Vec<Root>,
    breaking: Breaking,
    /// Whether the paths of `breaking` have to stand in the module.
    strict: bool,
}

/// A folder that imports start from.
#[derive(Clone, Debug, Default)]
pub(super) struct Root {
    pub folder: String,
    /// Folders from the root; all where there are none.
    pub includes: Vec<String>,
    pub excludes: Vec<String>,
}

/// What counts in a module.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Breaking {
    r#use: Option<Vec<String>>,
    except: Option<Vec<String>>,
    ignore: Option<Vec<String>>,
    ignore_only: Option<BTreeMap<String, Option<Vec<String>>>>,
    ignore_unstable_packages: Option<bool>,
    disable_builtin: Option<bool>,
}

#[derive(Deserialize)]
struct Head {
    version: Option<String>,
}

/// v1beta1 and v1.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct FileV1 {
    #[serde(rename = "version")]
    _version: IgnoredAny,
    #[serde(rename = "name")]
    _name: IgnoredAny,
    #[serde(rename = "deps")]
    _deps: IgnoredAny,
    #[serde(rename = "lint")]
    _lint: IgnoredAny,
    build: Option<Build>,
    breaking: Option<Breaking>,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Build {
    roots: Option<Vec<String>>,
    excludes: Option<Vec<String>>,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct FileV2 {
    #[serde(rename = "version")]
    _version: IgnoredAny,
    #[serde(rename = "name")]
    _name: IgnoredAny,
    #[serde(rename = "deps")]
    _deps: IgnoredAny,
    #[serde(rename = "lint")]
    _lint: IgnoredAny,
    modules: Option<Vec<ModuleV2>>,
    breaking: Option<Breaking>,
    plugins: Option<Vec<IgnoredAny>>,
    policies: Option<Vec<IgnoredAny>>,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct ModuleV2 {
    path: Option<String>,
    #[serde(rename = "name")]
    _name: IgnoredAny,
    includes: Option<Vec<String>>,
    excludes: Option<Vec<String>>,
    #[serde(rename = "lint")]
    _lint: IgnoredAny,
    breaking: Option<Breaking>,
}

/// `buf.work.yaml`.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Work {
    #[serde(rename = "version")]
    _version: IgnoredAny,
    directories: Option<Vec<String>>,
}

impl Default for Configuration {
    /// Of a folder without a configuration.
    fn default() -> Self {
        Self {
            version: Version::V1,
            modules: vec![Module::whole(Breaking::default())],
            has_programs: false,
        }
    }
}

impl Configuration {
    /// Reads a `buf.yaml`.
    pub(super) fn read(source: &Source) -> Result<Self, Error> {
        let head: Head = parse(source)?;
        match head.version.as_deref() {
            Some("v1beta1") => Self::v1(source, Version::V1Beta1),
            Some("v1") => Self::v1(source, Version::V1),
            Some("v2") => Self::v2(source),
            other => {
                let found = other.map_or("has no `version`".to_owned(), |other| {
                    format!("has the version `{other}`, which is not known")
                });
                Err(wrong(source, &found, "`version` is v1beta1, v1 or v2"))
            }
        }
    }

    fn v1(source: &Source, version: Version) -> Result<Self, Error> {
        let file: FileV1 = parse(source)?;
        let build = file.build.unwrap_or_default();
        let roots = build.roots.unwrap_or_default();
        if version == Version::V1 && !roots.is_empty() {
            let found = "sets `build.roots`, which only v1beta1 has";
            return Err(wrong(source, found, "use one module a root"));
        }
        let roots = if roots.is_empty() {
            vec![".".to_owned()]
        } else {
            roots
        };
        let roots = roots.iter().map(|root| path(source, root));
        let roots = roots.collect::<Result<Vec<_>, _>>()?;
        let excludes = build.excludes.unwrap_or_default();
        let module = Module {
            roots: with_excludes(source, &roots, &excludes)?,
            ..Module::whole(file.breaking.unwrap_or_default())
        };
        Ok(Self {
            version,
            modules: vec![module],
            has_programs: false,
        })
    }

    fn v2(source: &Source) -> Result<Self, Error> {
        let file: FileV2 = parse(source)?;
        let breaking = file.breaking.unwrap_or_default();
        let modules = file.modules.unwrap_or_default();
        let mut read = Vec::new();
        for module in &modules {
            read.push(module.read(source, &breaking)?);
        }
        if read.is_empty() {
            let mut whole = Module::whole(breaking);
            whole.strict = false;
            read.push(whole);
        }
        read.sort_by(|one, other| one.folder.cmp(&other.folder));
        let programs = [file.plugins, file.policies];
        Ok(Self {
            version: Version::V2,
            modules: read,
            has_programs: programs
                .into_iter()
                .flatten()
                .any(|named| !named.is_empty()),
        })
    }
}

impl ModuleV2 {
    fn read(&self, source: &Source, default: &Breaking) -> Result<Module, Error> {
        let folder = path(source, self.path.as_deref().unwrap_or("."))?;
        let own = self
            .breaking
            .clone()
            .filter(|own| *own != Breaking::default());
        let inside = |paths: &Option<Vec<String>>| {
            let paths = paths.iter().flatten();
            paths
                .map(|inner| inside(source, &folder, inner))
                .collect::<Result<Vec<_>, _>>()
        };
        let includes = inside(&self.includes)?;
        let excludes = inside(&self.excludes)?;
        for exclude in &excludes {
            let found = includes
                .iter()
                .any(|include| super::files::is_within(exclude, include));
            if !includes.is_empty() && !found {
                let found = format!("excludes `{exclude}`, which it does not include");
                return Err(wrong(source, &found, "leave it out"));
            }
        }
        Ok(Module {
            strict: own.is_some(),
            breaking: own.unwrap_or_else(|| default.clone()),
            roots: vec![Root {
                folder: String::new(),
                includes,
                excludes,
            }],
            folder,
        })
    }
}

impl Module {
    fn whole(breaking: Breaking) -> Self {
        Self {
            folder: String::new(),
            roots: vec![Root::default()],
            breaking,
            strict: true,
        }
    }

    /// What counts, `None` where nothing does. `ids` stand in for those of `use`, if there are any.
    pub(super) fn settings(
        &self,
        source: Option<&Source>,
        version: Version,
        ids: &[String],
    ) -> Result<Option<Settings>, Error> {
        let breaking = &self.breaking;
        let none = Vec::new();
        let ignore = breaking.ignore.as_ref().unwrap_or(&none);
        let folder = |ignored: &String| normal(ignored).as_deref() == Some(&self.folder);
        if breaking.disable_builtin == Some(true) || ignore.iter().any(folder) {
            return Ok(None);
        }
        let asked = breaking.r#use.as_ref().unwrap_or(&none);
        let except = breaking.except.as_ref().unwrap_or(&none);
        let settings = if ids.is_empty() {
            Settings::new(version, asked, except)
        } else {
            Settings::of_ids(version, ids, except)
        };
        let mut settings = settings.map_err(|error| bad(source, &error))?;
        settings.ignore(self.paths(source, ignore)?);
        for (id, paths) in breaking.ignore_only.iter().flatten() {
            let paths = self.paths(source, paths.as_ref().unwrap_or(&none))?;
            let added = settings.ignore_only(version, id, &paths);
            added.map_err(|error| bad(source, &error))?;
        }
        settings.ignore_unstable_packages = breaking.ignore_unstable_packages == Some(true);
        Ok(Some(settings))
    }

    /// Paths from the module's folder. What stands elsewhere counts for other modules.
    fn paths(&self, source: Option<&Source>, paths: &[String]) -> Result<Vec<String>, Error> {
        let mut inside = Vec::new();
        for path in paths {
            let Some(normal) = normal(path) else {
                return Err(bad(
                    source,
                    &format!("the path `{path}` leads out of the folder"),
                ));
            };
            if super::files::is_within(&normal, &self.folder) {
                inside.push(super::files::within(&normal, &self.folder).to_owned());
            } else if self.strict {
                let folder = &self.folder;
                return Err(bad(
                    source,
                    &format!("the path `{path}` does not stand in the module `{folder}`"),
                ));
            }
        }
        Ok(inside)
    }
}

/// The folders of a `buf.work.yaml`.
pub(super) fn work(source: &Source) -> Result<Vec<String>, Error> {
    let head: Head = parse(source)?;
    if head.version.as_deref() != Some("v1") {
        return Err(wrong(source, "is not of version v1", "write `version: v1`"));
    }
    let work: Work = parse(source)?;
    let folders = work.directories.unwrap_or_default();
    if folders.is_empty() {
        return Err(wrong(
            source,
            "names no directories",
            "name them under `directories`",
        ));
    }
    folders.iter().map(|folder| path(source, folder)).collect()
}

fn parse<T: serde::de::DeserializeOwned>(source: &Source) -> Result<T, Error> {
    serde_saphyr::from_str(source.text()).map_err(|error| {
        let text = error.to_string();
        let first = text.lines().next().unwrap_or_default().to_owned();
        Error::usage(
            format!("`{}` is no configuration of buf: {first}", source.file()),
            "see https://buf.build/docs/configuration/v2/buf-yaml/ for what may stand in it",
        )
    })
}

fn with_excludes(
    source: &Source,
    roots: &[String],
    excludes: &[String],
) -> Result<Vec<Root>, Error> {
    let mut found: Vec<Root> = Vec::new();
    for root in roots {
        found.push(Root {
            folder: root.clone(),
            ..Root::default()
        });
    }
    for exclude in excludes {
        let normal = path(source, exclude)?;
        let owner = found
            .iter_mut()
            .find(|root| super::files::is_within(&normal, &root.folder) && normal != root.folder);
        let Some(root) = owner else {
            let found = format!("excludes `{exclude}`, which is in no root");
            return Err(wrong(source, &found, "name a folder in a root"));
        };
        root.excludes
            .push(super::files::within(&normal, &root.folder).to_owned());
    }
    Ok(found)
}

/// A path from the module's folder, given one from the configuration's.
fn inside(source: &Source, folder: &str, inner: &str) -> Result<String, Error> {
    let normal = path(source, inner)?;
    if normal == folder || !super::files::is_within(&normal, folder) {
        let found = format!("names `{inner}`, which is not in the module `{folder}`");
        return Err(wrong(source, &found, "name a folder in the module"));
    }
    Ok(super::files::within(&normal, folder).to_owned())
}

/// A path of a configuration, without `.` and doubled slashes.
fn path(source: &Source, path: &str) -> Result<String, Error> {
    normal(path).ok_or_else(|| {
        let found = format!("names `{path}`, which leads out of its folder");
        wrong(
            source,
            &found,
            "name a path in the folder of the configuration",
        )
    })
}

/// Empty for the folder itself; `None` for what leads out of it.
pub(super) fn normal(path: &str) -> Option<String> {
    if path.starts_with('/') {
        return None;
    }
    let mut parts = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

fn wrong(source: &Source, found: &str, help: &str) -> Error {
    Error::usage(format!("`{}` {found}", source.file()), help)
}

fn bad(source: Option<&Source>, error: &impl std::fmt::Display) -> Error {
    let file = source.map_or("--use", Source::file);
    Error::usage(
        format!("`{file}`: {error}"),
        "rules and categories are listed in docs/BUF.md",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Configuration, Error> {
        Configuration::read(&Source::new("buf.yaml", text))
    }

    #[test]
    fn keys_that_buf_does_not_know_are_refused() {
        for text in [
            "version: v1\nbogus: 1\n",
            "version: v2\nbreaking:\n  uses: [WIRE]\n",
            "version: v3\n",
            "breaking: {}\n",
            "",
            "[",
            "version: v1\nversion: v1\n",
            "version: v1\nbuild:\n  roots: [a]\n",
        ] {
            assert!(read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_empty_is_as_if_it_were_not_there() {
        let read =
            read("version: v2\nbreaking:\nmodules:\ndeps:\nlint:\n  use:\n").expect("is well");
        assert_eq!(read.modules.len(), 1);
        assert!(!read.has_programs);
    }

    #[test]
    fn the_breaking_block_of_a_module_replaces_the_one_of_all() {
        let read = read(
            "version: v2
breaking: {use: [WIRE], ignore: [a/x, b/y]}
modules:
  - {path: b, breaking: {use: [FILE]}}
  - {path: ./a/, excludes: [a/z]}
",
        )
        .expect("is well");
        let [a, b] = &read.modules[..] else {
            panic!("there are two modules");
        };
        assert_eq!((a.folder.as_str(), b.folder.as_str()), ("a", "b"));
        assert_eq!(a.roots[0].excludes, ["z"]);
        assert_eq!(
            a.paths(None, &["a/x".to_owned(), "b/y".to_owned()])
                .expect("is well"),
            ["x"]
        );
        assert!(b.paths(None, &["a/x".to_owned()]).is_err());
    }

    #[test]
    fn a_module_may_be_switched_off() {
        let read = read("version: v1\nbreaking:\n  ignore: [.]\n").expect("is well");
        let settings = read.modules[0].settings(None, read.version, &[]);
        assert!(settings.expect("is well").is_none());
    }

    #[test]
    fn paths_are_normal() {
        assert_eq!(normal("./a//b/../c/").as_deref(), Some("a/c"));
        assert_eq!(normal("."), Some(String::new()));
        assert_eq!(normal("../a"), None);
        assert_eq!(normal("/a"), None);
    }
}
