//! Holds the direction of the layers. There is no crate wall inside one package, so this is the wall.
//!
//! It reads every source file as tokens and resolves every path: groups, globs, `super::super`, `$crate`, inline modules.
//! What it cannot resolve to a layer it refuses, so that a re-export at the root is no way around it.

#![allow(clippy::expect_used)] // a test may stop where it stands

mod support {
    pub mod paths;
}

use std::{fs, path::Path};
use support::paths::{Found, paths_of};

/// The layers, and for each which others it may use.
const MAY_USE: &[(&str, &[&str])] = &[
    ("domain", &["domain"]),
    ("present", &["domain", "present"]),
    ("format", &["domain", "present", "format"]),
    ("app", &["domain", "present", "format", "app"]),
    ("tui", &["domain", "present", "format", "app", "tui"]),
    ("cli", &["domain", "present", "format", "app", "cli"]),
    ("server", &["domain", "present", "format", "app", "server"]),
    ("infra", &["domain", "present", "format", "app", "infra"]),
    ("wire", &["domain", "present", "format", "app", "tui", "cli", "server", "infra", "wire"]),
    ("main", &["domain", "present", "format", "app", "tui", "cli", "server", "infra", "wire"]),
    ("lib", &["domain", "present", "format", "app", "tui", "cli", "server", "infra", "wire"]),
];

/// The layers that are values in, values out.
const PURE: &[&str] = &["domain", "present", "format", "app"];

/// Names that a layer must not write, with why. A name bans everything below it, and everything that would bring it in.
const FORBIDDEN: &[(&[&str], &[&str], &str)] = &[
    (PURE, &["ratatui", "crossterm"], "the terminal belongs to tui"),
    (PURE, &["reqwest", "axum", "tokio", "rustls", "clap"], "the network and the command line are faces, not rules"),
    (PURE, &["notify", "rustix", "getrandom", "std::os"], "the machine is behind the ports; ids and randomness are arguments"),
    (PURE, &["std::fs", "std::env", "std::process", "std::net", "std::io::stdin", "std::io::stdout"], "I/O is behind app::ports"),
    (PURE, &["std::time::Instant", "std::time::SystemTime"], "`now` is an argument"),
    (&["tui", "cli", "server"], &["std::time::SystemTime"], "the time comes from app::ports::Clock"),
    (&["tui"], &["reqwest", "axum", "rustls", "clap"], "the cockpit knows no network and no command line"),
    (&["cli"], &["reqwest", "axum", "ratatui", "crossterm"], "a command prints; it draws nothing and serves nothing"),
    (&["server"], &["reqwest", "ratatui", "crossterm", "clap"], "the server only answers"),
    (&["infra"], &["ratatui", "crossterm", "axum", "clap"], "an adapter has no face"),
];

#[test]
fn every_layer_uses_only_the_layers_below_it() {
    let faults = judge(|layer, found, faults| {
        let Some(used) = found.in_crate() else { return };
        let allowed = MAY_USE.iter().find(|(name, _)| *name == layer).map_or(&[][..], |(_, allowed)| allowed);
        if !allowed.contains(&used) {
            faults.push(format!("{layer} must not use `{}`", found.text()));
        }
    });
    assert!(faults.is_empty(), "the layers have one direction, see src/lib.rs:\n{}", faults.join("\n"));
}

#[test]
fn no_layer_names_what_it_must_not_know() {
    let faults = judge(|layer, found, faults| {
        for (layers, names, why) in FORBIDDEN {
            if layers.contains(&layer)
                && let Some(name) = names.iter().find(|name| found.brings_in(name))
            {
                faults.push(format!("{layer} must not name `{name}` (`{}`): {why}", found.text()));
            }
        }
    });
    assert!(faults.is_empty(), "a name is in the wrong layer:\n{}", faults.join("\n"));
}

#[test]
fn nobody_but_the_adapters_asks_what_time_it_is() {
    let faults = judge(|layer, found, faults| {
        let asks = found.ends_with(&["Timestamp", "now"]) || found.ends_with(&["Zoned", "now"]);
        if asks && layer != "infra" {
            faults.push(format!("{layer} must not call `{}`: the time comes from app::ports::Clock", found.text()));
        }
    });
    assert!(faults.is_empty(), "a clock is in the wrong layer:\n{}", faults.join("\n"));
}

#[test]
fn the_root_only_lists_the_layers() {
    let lib = fs::read_to_string(root().join("src/lib.rs")).expect("src/lib.rs");
    let code = lib.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//") && !line.starts_with('#'));
    let odd: Vec<_> = code.filter(|line| !(line.starts_with("pub mod ") && line.ends_with(';'))).collect();
    assert!(odd.is_empty(), "a re-export at the root would hide where a name comes from: {odd:?}");
}

#[test]
fn no_module_lives_at_another_place_than_its_name_says() {
    let mut odd = Vec::new();
    each_source(&mut |path, text| {
        odd.extend(text.contains("#[path").then(|| path.to_owned()));
    });
    assert!(odd.is_empty(), "`#[path]` would put a file into a layer it does not lie in: {odd:?}");
}

/// Asks `rule` about every path of every file, tests inside the files left out.
fn judge(mut rule: impl FnMut(&str, &Found, &mut Vec<String>)) -> Vec<String> {
    let mut out = Vec::new();
    each_source(&mut |path, text| {
        let modules: Vec<&str> = path.trim_end_matches(".rs").trim_end_matches("/mod").split('/').collect();
        for found in paths_of(text, &modules) {
            let mut faults = Vec::new();
            rule(modules[0], &found, &mut faults);
            out.extend(faults.into_iter().map(|fault| format!("src/{path}:{}: {fault}", found.line)));
        }
    });
    out
}

fn each_source(see: &mut dyn FnMut(&str, &str)) {
    fn walk(dir: &Path, base: &Path, see: &mut dyn FnMut(&str, &str)) {
        for entry in fs::read_dir(dir).expect("a readable folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                walk(&path, base, see);
            } else if path.extension().is_some_and(|ext| ext == "rs") {
                let name = path.strip_prefix(base).expect("below src").to_string_lossy().replace('\\', "/");
                see(&name, &fs::read_to_string(&path).expect("UTF-8 source"));
            }
        }
    }
    let src = root().join("src");
    walk(&src, &src, see);
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
