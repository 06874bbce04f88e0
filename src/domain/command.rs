//! A command as words, so that two can be compared: whether they run the same program, with which options, against which
//! host. Nothing is expanded; what only a shell could know stays as it is written.

/// One simple command of a line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Simple {
    /// `NAME=value` before it.
    pub assigned: Vec<(String, String)>,
    pub words: Vec<String>,
    /// How the next command is joined on: `&&` keeps a failure, `;`, `|`, `||` and `&` lose it.
    pub then: Option<String>,
}

/// Programs that run the command behind them.
const WRAPPERS: [&str; 7] = ["env", "exec", "command", "time", "nice", "nohup", "sudo"];

/// The simple commands of a line, those inside a quoted word as well (`sh -c '…'`).
#[must_use]
pub fn commands(line: &str) -> Vec<Simple> {
    let mut out = Vec::new();
    gather(line, 0, &mut out);
    out
}

fn gather(line: &str, depth: usize, out: &mut Vec<Simple>) {
    let mut current = Simple::default();
    let mut all = Vec::new();
    for token in tokens(line) {
        match token {
            Token::Word(word) => match assignment(&word) {
                Some(pair) if current.words.is_empty() => current.assigned.push(pair),
                _ if current.words.is_empty() && WRAPPERS.contains(&base(&word)) => {}
                _ => current.words.push(word),
            },
            Token::Joint(joint) => {
                current.then = Some(joint);
                all.push(std::mem::take(&mut current));
            }
        }
    }
    all.push(current);
    for simple in all.into_iter().filter(|simple| !simple.words.is_empty() || !simple.assigned.is_empty()) {
        for inner in simple.words.iter().filter(|word| depth < 3 && word.contains(char::is_whitespace)) {
            gather(inner, depth + 1, out);
        }
        out.push(simple);
    }
}

enum Token {
    Word(String),
    Joint(String),
}

fn tokens(line: &str) -> Vec<Token> {
    let mut out = Vec::new();
    let mut word: Option<String> = None;
    let mut letters = line.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\'' | '"' => {
                let word = word.get_or_insert_default();
                while let Some(inner) = letters.next().filter(|inner| *inner != letter) {
                    match inner {
                        '\\' if letter == '"' => word.extend(letters.next()),
                        _ => word.push(inner),
                    }
                }
            }
            '\\' => word.get_or_insert_default().extend(letters.next()),
            '#' if word.is_none() => while letters.next_if(|letter| *letter != '\n').is_some() {},
            '&' | '|' | ';' | '\n' | '(' | ')' | '`' => {
                out.extend(word.take().map(Token::Word));
                let mut joint = String::from(letter);
                joint.extend(letters.next_if(|next| *next == letter && "&|".contains(letter)));
                out.push(Token::Joint(joint));
            }
            letter if letter.is_whitespace() => out.extend(word.take().map(Token::Word)),
            letter => word.get_or_insert_default().push(letter),
        }
    }
    out.extend(word.map(Token::Word));
    out
}

fn assignment(word: &str) -> Option<(String, String)> {
    let (name, value) = word.split_once('=')?;
    let named = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    let is_name = !name.is_empty() && name.chars().all(named) && !name.starts_with(|first: char| first.is_ascii_digit());
    is_name.then(|| (name.to_owned(), value.to_owned()))
}

/// The last part of a path.
fn base(word: &str) -> &str {
    word.rsplit('/').next().unwrap_or(word)
}

/// An option as it is written, and what belongs to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flag {
    /// With its dashes: `--strict`.
    pub name: String,
    /// Behind a `=`.
    pub value: Option<String>,
    /// The word that follows, which may be its value.
    pub next: Option<String>,
}

impl Simple {
    /// What runs: the words before the first option. `npm run check:x -- --strict` is `npm run check:x`.
    #[must_use]
    pub fn program(&self) -> &[String] {
        let end = self.words.iter().position(|word| word.starts_with('-')).unwrap_or(self.words.len());
        self.words.get(..end).unwrap_or_default()
    }

    /// Whether it runs the program of this command: the same words once options are set aside, or the same script by
    /// another runner.
    #[must_use]
    pub fn runs(&self, other: &Self) -> bool {
        let program = other.program();
        let (Some(first), Some(script)) = (program.first(), program.last()) else { return false };
        let words: Vec<&str> = self.words.iter().filter(|word| !word.starts_with('-')).map(String::as_str).collect();
        let mut rest = words.iter().skip(1);
        let is_same = words.first().is_some_and(|word| base(word) == base(first))
            && program.iter().skip(1).all(|wanted| rest.any(|word| word == wanted));
        // `check:x` and `./check.sh` are names of something; `check` alone is a word.
        is_same || (program.len() > 1 && script.contains([':', '/', '.']) && words.contains(&script.as_str()))
    }

    /// Its options. Where `--` separates a runner's own from the program's, `behind` tells those apart.
    #[must_use]
    pub fn flags(&self, behind: bool) -> Vec<Flag> {
        let start =
            if behind { self.words.iter().position(|word| word == "--").map_or(self.words.len(), |at| at + 1) } else { 0 };
        let words = self.words.get(start..).unwrap_or_default();
        let flags = words.iter().enumerate().filter(|(_, word)| word.starts_with('-') && *word != "--" && *word != "-");
        let flag = |(at, word): (usize, &String)| {
            let (name, value) = word.split_once('=').map_or((word.as_str(), None), |(name, value)| (name, Some(value)));
            let next = words.get(at + 1).filter(|next| !next.starts_with('-'));
            Flag { name: name.to_owned(), value: value.map(str::to_owned), next: next.cloned() }
        };
        flags.map(flag).collect()
    }

    /// Whether it separates a runner's options from the program's.
    #[must_use]
    pub fn is_parted(&self) -> bool {
        self.words.iter().any(|word| word == "--")
    }

    /// Whether both are started by the same runner.
    #[must_use]
    pub fn starts_like(&self, other: &Self) -> bool {
        matches!((self.words.first(), other.words.first()), (Some(one), Some(other)) if base(one) == base(other))
    }

    /// What it sets for itself or what comes after it: `NAME=value x`, `export NAME=value`.
    pub fn sets(&self) -> impl Iterator<Item = (String, String)> + '_ {
        let exports = matches!(self.words.first().map(String::as_str), Some("export" | "declare" | "typeset" | "readonly"));
        let exported = self.words.iter().filter(move |_| exports).filter_map(|word| assignment(word));
        self.assigned.iter().cloned().chain(exported)
    }

    /// The host it names: its base URL, an assignment, or the first URL among its words.
    #[must_use]
    pub fn host(&self) -> Option<String> {
        let flags = self.flags(false);
        let option =
            flags.iter().find(|flag| flag.name == "--base-url").and_then(|flag| flag.value.as_ref().or(flag.next.as_ref()));
        let assigned = || self.assigned.iter().find_map(|(_, value)| host(value));
        option.and_then(|url| host(url)).or_else(assigned).or_else(|| self.words.iter().find_map(|word| host(word)))
    }
}

/// `host[:port]` of a URL, without who logs in and without the scheme's own port.
#[must_use]
pub fn host(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?', '#', '"', '\'', ' ']).next()?;
    let host = authority.rsplit('@').next()?.to_ascii_lowercase();
    let usual = match scheme.rsplit('=').next() {
        Some("https") => ":443",
        Some("http") => ":80",
        _ => return (!host.is_empty()).then_some(host),
    };
    let host = host.strip_suffix(usual).unwrap_or(&host);
    (!host.is_empty()).then(|| host.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn runs(one: &str, other: &str) -> bool {
        commands(one).iter().any(|one| one.runs(&commands(other)[0]))
    }

    #[test]
    fn the_same_program_is_found_whatever_stands_around_it() {
        let plan = "URL=https://www.example.test npm run check:bundle -- --strict --output /tmp/x.json";
        for same in [
            "npm run check:bundle",
            "A=1 npm run check:bundle -- --output=/tmp/y",
            "npm --silent run check:bundle",
            "/usr/bin/npm run check:bundle",
            "env A=1 npm run check:bundle",
            "cd x && npm run check:bundle || true",
            "sh -c 'npm run check:bundle'",
            "yarn check:bundle --strict",
        ] {
            assert!(runs(same, plan), "{same}");
        }
        for other in [
            "sh ./p.sh",
            "true",
            "launchroom check bundle --base-url http://127.0.0.1:1",
            "npm run check:bundle-2",
            "npm test",
            "",
        ] {
            assert!(!runs(other, plan), "{other}");
        }
    }

    #[test]
    fn options_are_told_with_what_belongs_to_them() {
        let all = commands("npm run x -- --a --b=1 --c two # --d");
        let names = |behind| all[0].flags(behind).into_iter().map(|flag| flag.name).collect::<Vec<_>>().join(" ");
        assert_eq!(names(true), "--a --b --c");
        assert_eq!(commands("npm run x --a")[0].flags(true), []);
        assert_eq!(all[0].flags(true)[2].next.as_deref(), Some("two"));
    }

    #[test]
    fn a_host_is_named_by_an_option_an_assignment_or_a_url() {
        for (line, named) in [
            ("x --base-url http://127.0.0.1:8080/a", Some("127.0.0.1:8080")),
            ("x --base-url=https://Www.Example.test:443", Some("www.example.test")),
            ("URL=https://u:p@www.example.test x", Some("www.example.test")),
            ("curl https://www.example.test/a", Some("www.example.test")),
            ("x --base-url $URL", None),
        ] {
            assert_eq!(commands(line)[0].host().as_deref(), named, "{line}");
        }
    }
}
