//! The command line: clap types only, and an example on every command.

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use std::path::PathBuf;

/// The terminal cockpit that moves one B2B customer from interest to an accepted pilot, by evidence.
#[derive(Debug, Parser)]
#[command(
    name = "launchroom",
    version,
    disable_help_subcommand = true,
    propagate_version = false,
    after_help = "\
Examples:
  launchroom                           the cockpit on the room here, or a start screen
  launchroom demo                      the cockpit on a built-in pilot, nothing to set up
  launchroom init --tenant \"Northwind Logistics\"
  launchroom review --gate paid-beta   go or no-go, and why

Exit codes: 0 ok or go, 1 no-go, findings or a failed proof, 2 usage or unreadable input,
3 awaiting decision, 4 refused, 5 storage, network or integrity fault, 130 interrupted. A fault outranks a verdict."
)]
pub struct Cli {
    #[command(flatten)]
    pub global: Global,
    /// Opens the cockpit on this room, when there is no command
    #[arg(value_name = "ROOM")]
    pub path: Option<String>,
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// What every command takes.
#[derive(Clone, Debug, Default, Args)]
pub struct Global {
    /// The room: a file, or a server's address; else `LAUNCHROOM_ROOM`, else the nearest launchroom.toml upward, else the configured one
    #[arg(short, long, global = true, value_name = "ROOM", help_heading = "Everywhere")]
    pub room: Option<String>,
    /// Change nothing of a room, whatever is asked; only a file named with -o is written
    #[arg(long, global = true, help_heading = "Everywhere")]
    pub readonly: bool,
    /// When to colour
    #[arg(long, global = true, value_enum, value_name = "WHEN", help_heading = "Everywhere")]
    pub color: Option<When>,
}

/// When to colour.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum When {
    Auto,
    Always,
    Never,
}

/// What a command that reads takes.
#[derive(Clone, Copy, Debug, Default, Args)]
pub struct Reading {
    /// As JSON, with "schema": 1
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Opens the cockpit
    #[command(
        after_help = "Examples:\n  launchroom open pilots/northwind.toml\n  launchroom open https://rooms.example.test\n  launchroom open --readonly\n  launchroom open --present buyer"
    )]
    Open(OpenArgs),
    /// Opens the cockpit on a built-in pilot, in a private working copy
    #[command(after_help = "Examples:\n  launchroom demo\n  launchroom demo --keep pilot")]
    Demo(DemoArgs),
    /// Writes a new room file, commented, to fill in by hand or with the commands below
    #[command(
        after_help = "Examples:\n  launchroom init --tenant \"Northwind Logistics\"\n  launchroom init pilots/northwind.toml --tenant Northwind --kickoff 2026-11-02"
    )]
    Init(InitArgs),
    /// Checks a room file and tells every problem at once
    #[command(after_help = "Examples:\n  launchroom validate\n  launchroom validate pilots/northwind.toml")]
    Validate(ValidateArgs),
    /// Where the launch stands: week, steps, gates, what to do next
    #[command(
        after_help = "Examples:\n  launchroom status\n  launchroom status --json | jq .verdict\n  launchroom status --mine"
    )]
    Status(StatusArgs),
    /// Go or no-go, at which stage, and why
    #[command(
        after_help = "Examples:\n  launchroom review\n  launchroom review --gate paid-beta --format markdown\n  launchroom review --assume paid-beta/billing\n  launchroom review --as-of 2026-11-25T15:00"
    )]
    Review(ReviewArgs),
    /// The chain from a red gate or requirement to its missing pieces, its owner and its stop rule
    #[command(after_help = "Examples:\n  launchroom why private-beta\n  launchroom why paid-beta/billing")]
    Why(WhyArgs),
    /// The fewest acts that clear a stage's gate and all it builds on, in order, by whom
    #[command(
        after_help = "Examples:\n  launchroom path\n  launchroom path --to private-beta\n  launchroom path --mine\n  launchroom path --json | jq -r '.actions[].command'"
    )]
    Path(PathArgs),
    /// The stand-up: verdict, what moved and why, whom it waits for, what is next; at most 12 lines to paste
    #[command(
        after_help = "Examples:\n  launchroom brief\n  launchroom brief --since monday\n  launchroom brief --since 2026-11-13T16:40 --audience customer"
    )]
    Brief(BriefArgs),
    /// What is missing as requests that can be sent as they are, one a person; and that they were sent
    #[command(
        after_help = "Examples:\n  launchroom ask\n  launchroom ask --side customer\n  launchroom ask --role tenant-owner --mark-sent --to \"Mara Lindt\""
    )]
    Ask(AskArgs),
    /// Waits until a gate is clear, or waits only for its decision
    #[command(
        after_help = "Examples:\n  launchroom wait --for private-beta && ./announce\n  launchroom wait --for paid-beta --timeout 2h\n\nEnds as review does: 0 clear, 3 awaiting decision; 1 when the time is up and it is neither; 130 interrupted."
    )]
    Wait(WaitArgs),
    /// Who holds which role, and which scope fields are filled
    #[command(after_help = "Examples:\n  launchroom owners\n  launchroom owners --blank\n  launchroom owners --mine")]
    Owners(OwnersArgs),
    /// Names who holds a role or acts in a function
    #[command(
        after_help = "Examples:\n  launchroom assign tenant-owner --name \"Mara Lindt\" --contact mara@example.test\n  launchroom assign finance --name \"Priya Nair\"\n  launchroom assign tenant-owner --remove"
    )]
    Assign(AssignArgs),
    /// Fills a scope field; an empty value clears it
    #[command(
        after_help = "Examples:\n  launchroom set billing_route invoice\n  launchroom set modules credentials evidence\n  launchroom set employee_notice \"\""
    )]
    Set(SetArgs),
    /// Ticks a task of a step
    #[command(after_help = "Examples:\n  launchroom tick scope/close-pack\n  launchroom tick scope/close-pack --undo")]
    Tick(TickArgs),
    /// Every proof command, its last run, and whether that is still fresh
    #[command(after_help = "Examples:\n  launchroom proofs\n  launchroom proofs --json")]
    Proofs(Reading),
    /// Runs a proof, and attaches what it printed when asked to
    #[command(
        after_help = "Examples:\n  launchroom run launch-proof-bundle --attach\n  launchroom run buyer-close-pack customer-launch-room --attach-passed\n  launchroom run readiness-strict --timeout 10m\n  launchroom run --stale --for private-beta --attach-passed\n  launchroom run paid-beta-fixture-proof --env-file /tmp/locked.env\n  launchroom run --show 1795421640240-4711\n  launchroom run --discard 1795421640240-4711"
    )]
    Run(RunArgs),
    /// Looks a locked env file over before anything runs with it; prints names, never a value
    #[command(after_help = "Examples:\n  launchroom preflight --env-file /tmp/locked.env")]
    Preflight(PreflightArgs),
    /// Attaches a file, a reference or a captured run as evidence
    #[command(
        after_help = "Examples:\n  launchroom attach --meets paid-beta/billing invoice-setup.pdf\n  launchroom attach --meets paid-beta/billing --reference \"OF-2026-014, page 3\"\n  launchroom attach --target launch-dossier --proof launch-proof-bundle output.json\n  launchroom attach --run 1795421640240-4711"
    )]
    Attach(AttachArgs),
    /// Lists, shows, saves, verifies and withdraws evidence
    #[command(subcommand, after_help = "Examples:\n  launchroom evidence list\n  launchroom evidence verify")]
    Evidence(EvidenceCommand),
    /// How far the activation groups are collected
    #[command(
        subcommand,
        after_help = "Examples:\n  launchroom activation list\n  launchroom activation set operator-seed collected"
    )]
    Activation(ActivationCommand),
    /// How the pilot treats outside dependencies, and where the customer accepted that
    #[command(
        subcommand,
        after_help = "Examples:\n  launchroom dependency list\n  launchroom dependency accept stripe --treatment invoice --order-form \"OF-2026-014 §4\""
    )]
    Dependency(DependencyCommand),
    /// Records that a requirement, or one check of a bundle, is out of scope for this customer
    #[command(
        override_usage = "launchroom exclude <REQ> --wording <WORDING> --signed-by <NAME> --until <DATE> [OPTIONS]\n       launchroom exclude --revoke <ID> --why <TEXT>",
        after_help = "Examples:\n  launchroom exclude paid-beta/issuer --wording \"no official issuer in this pilot\" --signed-by \"Saskia de Wit\" --until 2027-01-31 --reference \"OF-2026-014 §7\"\n  launchroom exclude paid-beta-fixture-proof:enterprise-sso --wording \"no single sign-on\" --signed-by \"Saskia de Wit\" --approved-by \"Ingrid Aasen\" --from 2026-12-01 --until 2027-01-31\n  launchroom exclude --revoke X2 --why \"issuer joined\""
    )]
    Exclude(ExcludeArgs),
    /// Every exclusion: in force, to come, ended or revoked, and what about it to look at
    #[command(
        after_help = "Examples:\n  launchroom exclusions\n  launchroom exclusions --json | jq '.exclusions[] | select(.live)'"
    )]
    Exclusions(Reading),
    /// Records the launch decision
    #[command(
        after_help = "Examples:\n  launchroom decide --stage paid-beta --outcome accepted --customer \"Ingrid Aasen\" --operator \"Jonas Okafor\"\n  launchroom decide --stage hold --outcome deferred --customer \"Ingrid Aasen\" --operator \"Jonas Okafor\""
    )]
    Decide(DecideArgs),
    /// Every decision, the newest first: whether it stands, what changed since, whose voice is needed again
    #[command(after_help = "Examples:\n  launchroom decisions\n  launchroom decisions --json | jq '.decisions[0].changes'")]
    Decisions(Reading),
    /// What happened in this room, line by line
    #[command(after_help = "Examples:\n  launchroom log\n  launchroom log --since monday\n  launchroom log --json")]
    Log(LogArgs),
    /// Asks a deployment over HTTP what a proof checks: one line a check, the bundle as JSON, exit 0 or 1
    #[command(
        after_help = "Examples:\n  launchroom check launch-proof-bundle --base-url https://www.example.test --output bundle.json\n  launchroom check launch-proof-bundle --base-url https://www.example.test --include-fixtures --strict --env-file /tmp/locked.env\n  THESMIOS_SCIM_TOKEN=… launchroom check scim-fixture --base-url https://www.example.test\n\nChecks: first-customer-launch-plan, dependency-acceptance, buyer-close-pack, launch-activation-manifest,\ncustomer-launch-room, launch-proof-bundle, launch-clearance, readiness, readiness-strict, scim-fixture,\npaid-beta-fixture-proof, commercial-pack, order-form-template, launch-evidence, production-proof"
    )]
    Check(CheckArgs),
    /// What of a server's room waits on this machine, and settling what somebody else was first with
    #[command(
        after_help = "Examples:\n  launchroom sync --room https://rooms.example.test\n  launchroom sync --take theirs\n\nExit codes: 0 everything is with the server, 4 a change waits for you, 5 the server does not answer."
    )]
    Sync(SyncArgs),
    /// Takes a room out of its server, as a room file with its ledger and evidence, which verifies
    #[command(
        after_help = "Examples:\n  launchroom pull https://rooms.example.test\n  launchroom pull https://rooms.example.test pilots/northwind.toml"
    )]
    Pull(PullArgs),
    /// Serves rooms to a team: one API, one database
    #[command(
        after_help = "Examples:\n  launchroom serve --import launchroom.toml\n  launchroom serve --bind 0.0.0.0:8443 --tls-cert chain.pem --tls-key key.pem\n  LAUNCHROOM_DATABASE=postgres://launchroom@db.example.test/launchroom launchroom serve --bind 127.0.0.1:8080\n\nNext: launchroom token create --tenant northwind --role operator --name \"Jonas Okafor\", then on each desk\nlaunchroom login --server http://127.0.0.1:8080 and launchroom open http://127.0.0.1:8080.\n\nIt ends on TERM or INT, once what is in flight is answered. Exit codes: 0 ended; 2 something it was given cannot be\nused; 5 the database or the address cannot be had."
    )]
    Serve(ServeArgs),
    /// Who may come in to this server's rooms
    #[command(subcommand)]
    Token(TokenCommand),
    /// Keeps a server's token on this machine, for its owner alone and for that server alone
    #[command(
        after_help = "Examples:\n  launchroom login --server https://rooms.example.test\n  pass show launchroom | launchroom login --server https://rooms.example.test\n  launchroom login --server https://rooms.example.test --forget\n\nA token comes from LAUNCHROOM_TOKEN, else from the token_command of the settings, else from here. It is never an argument."
    )]
    Login(LoginArgs),
    /// Which wording may be used now, and where files use more
    #[command(
        subcommand,
        after_help = "Examples:\n  launchroom claims list\n  launchroom claims check offer.docx website/*.md\n  pbpaste | launchroom claims check -\n  launchroom claims check --format sarif docs/*.md > claims.sarif"
    )]
    Claims(ClaimsCommand),
    /// A dossier for a buyer, a customer or an operator, which can be checked offline
    #[command(
        after_help = "Examples:\n  launchroom dossier --preview\n  launchroom dossier --audience buyer -o northwind.zip\n  launchroom dossier --audience customer --format html -o northwind.html\n  launchroom dossier --format json | jq .verdict\n\nWithout --as-of it is as of the newest ledger entry: the same state makes the same bytes. Exit code 4: the last look\nfound something that must not leave, named by file and rule."
    )]
    Dossier(DossierArgs),
    /// Checks a dossier offline, with no room: sums, hashes, links, evidence; and what an older one knew
    #[command(
        after_help = "Examples:\n  launchroom verify northwind.zip\n  launchroom verify northwind.zip --against last-week.zip\n  launchroom verify unpacked/ --json\n\nExit codes: 0 intact; 2 no dossier, or one that cannot be read; 5 not intact."
    )]
    Verify(VerifyArgs),
    /// Many rooms side by side: where each stands, what it waits for, when it last moved
    #[command(
        after_help = "Examples:\n  launchroom rooms\n  launchroom rooms ~/pilots\n  launchroom rooms ~/pilots --json | jq '.rooms[] | select(.verdict == \"no_go\") | .place'\n\nExit codes: 0 every room could be read, whatever its verdict; 2 one or more could not, each a row that says why;\n5 a ledger is damaged, or the disk or the network did not do what was asked; 4 a server does not show its list to this token, which takes an operator's."
    )]
    Rooms(RoomsArgs),
    /// Prints the JSON Schema of a room file or a plan file, for editors and other programs
    #[command(
        after_help = "Examples:\n  launchroom schema room > room.schema.json\n  launchroom schema plan\n\nA room's has the ids of its plan as keys: the plan of the room here, else the built-in one."
    )]
    Schema {
        /// Which file
        #[arg(value_enum, value_name = "FILE")]
        what: SchemaWord,
    },
    /// Looks at the settings, the room, the ledger, the terminal, and says what to do
    #[command(after_help = "Examples:\n  launchroom doctor")]
    Doctor(Reading),
    /// Where the settings are, and what they come to
    #[command(subcommand, after_help = "Examples:\n  launchroom config path\n  launchroom config show --origin")]
    Config(ConfigCommand),
    /// Prints a completion script for a shell
    #[command(after_help = "Examples:\n  launchroom completions bash > ~/.local/share/bash-completion/completions/launchroom")]
    Completions {
        /// Which shell
        shell: Shell,
    },
    /// Prints the manual page
    #[command(after_help = "Examples:\n  launchroom man > launchroom.1")]
    Man,
}

#[derive(Debug, Args)]
pub struct DemoArgs {
    /// Only write the pilot's room into this folder, to keep
    #[arg(long, value_name = "FOLDER")]
    pub keep: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct OpenArgs {
    /// The room: a file, or a server's address
    pub path: Option<String>,
    /// Show it to somebody: what is not for them is hidden from the first frame on, and everything but looking is off
    #[arg(long, value_enum, value_name = "AUDIENCE")]
    pub present: Option<Watching>,
}

#[derive(Debug, Args)]
pub struct InitArgs {
    /// Where to write it; else where --room says, else launchroom.toml here. A folder that is not there is made
    pub path: Option<PathBuf>,
    /// The customer's name
    #[arg(long, value_name = "NAME")]
    pub tenant: String,
    /// The customer's id; else made from the name
    #[arg(long, value_name = "ID")]
    pub id: Option<String>,
    /// The first day of week 0; else this week's Monday
    #[arg(long, value_name = "DATE")]
    pub kickoff: Option<String>,
}

#[derive(Debug, Args)]
pub struct ValidateArgs {
    /// The room file
    pub path: Option<String>,
    #[command(flatten)]
    pub reading: Reading,
}

#[derive(Debug, Args)]
pub struct ReviewArgs {
    /// The gate in question; else the target of the room's motion
    #[arg(long, value_name = "ID")]
    pub gate: Option<String>,
    /// Judge as if this requirement were met; nothing is saved
    #[arg(long, value_name = "REQ")]
    pub assume: Vec<String>,
    /// Judge as of a day or a moment, also a future one
    #[arg(long, value_name = "DATE|TIME")]
    pub as_of: Option<String>,
    /// How to print it
    #[arg(long, value_enum, default_value_t = ReviewFormat::Text)]
    pub format: ReviewFormat,
    /// Every line, however many
    #[arg(long)]
    pub all: bool,
    #[command(flatten)]
    pub reading: Reading,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ReviewFormat {
    Text,
    Json,
    Markdown,
    Junit,
}

#[derive(Debug, Args)]
pub struct WhyArgs {
    /// A gate, a step, or a requirement as gate/slug
    #[arg(value_name = "GATE|STEP|REQ")]
    pub what: String,
    #[command(flatten)]
    pub reading: Reading,
}

#[derive(Debug, Subcommand)]
pub enum ClaimsCommand {
    /// What may be said now, what not, and what would unlock it
    #[command(after_help = "Examples:\n  launchroom claims list\n  launchroom claims list --json | jq -r '.blocked[].claim'")]
    List(Reading),
    /// Finds blocked wording in text, Markdown, HTML, DOCX and PDF files, however it is written
    #[command(
        after_help = "Examples:\n  launchroom claims check offer.docx deck.pdf\n  launchroom claims check --json website/*.html\n  git diff --name-only | xargs launchroom claims check --format sarif > claims.sarif\n  pbpaste | launchroom claims check -\n\nExit codes: 0 nothing blocked was found; 1 something was; 2 a file could not be read, the others were."
    )]
    Check {
        /// The files; - reads standard input
        #[arg(value_name = "FILE", required = true)]
        files: Vec<PathBuf>,
        /// How to print it; sarif is for code review
        #[arg(long, value_enum, default_value_t = FindingsFormat::Text)]
        format: FindingsFormat,
        #[command(flatten)]
        reading: Reading,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FindingsFormat {
    Text,
    Json,
    Sarif,
}

#[derive(Debug, Args)]
pub struct PathArgs {
    /// The stage; else the target of the room's motion
    #[arg(long, value_name = "STAGE")]
    pub to: Option<String>,
    /// Only what your own roles and functions owe, see `[me]` in the settings
    #[arg(long)]
    pub mine: bool,
    #[command(flatten)]
    pub reading: Reading,
}

#[derive(Debug, Args)]
pub struct BriefArgs {
    /// What moved since a day or a moment, also `today`, `monday`; else since yesterday
    #[arg(long, value_name = "DATE|TIME")]
    pub since: Option<String>,
    /// Who reads it
    #[arg(long, value_enum, value_name = "A", default_value_t = AudienceWord::Operator)]
    pub audience: AudienceWord,
    #[command(flatten)]
    pub reading: Reading,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum AudienceWord {
    Operator,
    Customer,
    Buyer,
}

/// Who watches a screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Watching {
    Customer,
    Buyer,
}

impl From<Watching> for crate::present::audience::Audience {
    fn from(word: Watching) -> Self {
        match word {
            Watching::Customer => Self::Customer,
            Watching::Buyer => Self::Buyer,
        }
    }
}

impl From<AudienceWord> for crate::present::audience::Audience {
    fn from(word: AudienceWord) -> Self {
        match word {
            AudienceWord::Operator => Self::Operator,
            AudienceWord::Customer => Self::Customer,
            AudienceWord::Buyer => Self::Buyer,
        }
    }
}

#[derive(Debug, Args)]
pub struct AskArgs {
    /// Only what this side owes
    #[arg(long, value_enum, value_name = "S")]
    pub side: Option<SideWord>,
    /// Only what this role or function owes
    #[arg(long, value_name = "R")]
    pub role: Option<String>,
    /// Only what comes from this source system
    #[arg(long, value_name = "SYSTEM")]
    pub system: Option<String>,
    /// Whom it goes to
    #[arg(long, value_name = "NAME")]
    pub to: Option<String>,
    /// Record that it was sent; filling what was asked for closes it
    #[arg(long)]
    pub mark_sent: bool,
    #[command(flatten)]
    pub reading: Reading,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SideWord {
    Customer,
    Vendor,
    Joint,
}

#[derive(Debug, Args)]
pub struct WaitArgs {
    /// The gate; else the target of the room's motion
    #[arg(long = "for", value_name = "GATE")]
    pub stage: Option<String>,
    /// Give up after this long, e.g. 90s, 10m or 2h
    #[arg(long, value_name = "DURATION")]
    pub timeout: Option<String>,
    #[command(flatten)]
    pub reading: Reading,
}

#[derive(Debug, Args)]
pub struct StatusArgs {
    /// Only the steps and next actions that your own roles and functions owe, see `[me]` in the settings
    #[arg(long)]
    pub mine: bool,
    #[command(flatten)]
    pub reading: Reading,
}

#[derive(Debug, Args)]
pub struct OwnersArgs {
    /// Only what is blank
    #[arg(long)]
    pub blank: bool,
    /// Only your own roles and functions and the fields they owe, see `[me]` in the settings
    #[arg(long)]
    pub mine: bool,
    #[command(flatten)]
    pub reading: Reading,
}

#[derive(Debug, Args)]
pub struct AssignArgs {
    /// A role or a function
    #[arg(value_name = "ROLE")]
    pub role: String,
    /// Who
    #[arg(long)]
    pub name: Option<String>,
    /// How to reach them
    #[arg(long)]
    pub contact: Option<String>,
    /// Why we believe it, in a few words
    #[arg(long, alias = "basis", value_name = "TEXT")]
    pub evidence: Option<String>,
    /// Leaves the role blank again
    #[arg(long, conflicts_with_all = ["name", "contact", "evidence"])]
    pub remove: bool,
}

#[derive(Debug, Args)]
pub struct SetArgs {
    /// The scope field
    pub field: String,
    /// Its value; several for a list
    #[arg(required = true, num_args = 1..)]
    pub value: Vec<String>,
}

#[derive(Debug, Args)]
pub struct TickArgs {
    /// The task
    #[arg(value_name = "STEP/TASK")]
    pub task: String,
    /// Takes the tick back
    #[arg(long)]
    pub undo: bool,
}

#[derive(Debug, Args)]
pub struct RunArgs {
    /// The proof; several run one after another, and the first that fails ends it
    #[arg(required_unless_present_any = ["stale", "discard", "show"], value_name = "PROOF")]
    pub proofs: Vec<String>,
    /// Run every stale read-only proof instead, those first that others rest on; the first that fails ends it
    #[arg(long, conflicts_with_all = ["proofs", "attach", "target", "confirm", "extra"])]
    pub stale: bool,
    /// Only what this stage, or one it builds on, asks for
    #[arg(long = "for", value_name = "STAGE", requires = "stale")]
    pub stage: Option<String>,
    /// Attach each that passed
    #[arg(long, conflicts_with = "attach")]
    pub attach_passed: bool,
    /// Drop a captured run that nobody will attach, by its id or the beginning of it; that it ran stays in the ledger
    #[arg(long, value_name = "RUN", conflicts_with_all = ["proofs", "stale", "attach", "confirm", "extra"])]
    pub discard: Option<String>,
    /// Print what a captured run printed, as it was kept
    #[arg(long, value_name = "RUN", conflicts_with_all = ["proofs", "stale", "attach", "confirm", "extra", "discard"])]
    pub show: Option<String>,
    /// Attach what it prints, to the proof's first target
    #[arg(long)]
    pub attach: bool,
    /// You look at random strings in it that no rule knows: it may be attached as public all the same
    #[arg(long)]
    pub looked: bool,
    /// Where to attach it instead
    #[arg(long, value_name = "T", requires = "attach")]
    pub target: Option<String>,
    /// Agree to run it: a command that comes from the room file or a plan file, or one that changes something outside
    #[arg(long)]
    pub trust: bool,
    /// A locked file of environment values, read for this run only
    #[arg(long, value_name = "FILE")]
    pub env_file: Option<PathBuf>,
    /// With the arguments and the environment names of its last run; values are those of today, none was kept
    #[arg(long, conflicts_with_all = ["stale", "discard", "pass_env", "extra"])]
    pub again: bool,
    /// Hand this environment name on to the command
    #[arg(long, value_name = "NAME")]
    pub pass_env: Vec<String>,
    /// Confirms a dangerous run: the phrase it asks for, else the tenant's id
    #[arg(long, value_name = "PHRASE")]
    pub confirm: Option<String>,
    /// Stop it after this long, e.g. 90s or 10m
    #[arg(long, value_name = "DURATION")]
    pub timeout: Option<String>,
    /// Added to the command
    #[arg(last = true)]
    pub extra: Vec<String>,
}

#[derive(Debug, Args)]
pub struct PreflightArgs {
    /// The file: yours, with mode 0600, and no link
    #[arg(long, value_name = "FILE")]
    pub env_file: PathBuf,
    #[command(flatten)]
    pub reading: Reading,
}

#[derive(Debug, Args)]
pub struct AttachArgs {
    /// The file
    #[arg(conflicts_with_all = ["reference", "run"])]
    pub file: Option<PathBuf>,
    /// Where it stands, in words, when there is no file
    #[arg(long, value_name = "TEXT", conflicts_with = "run")]
    pub reference: Option<String>,
    /// A captured run that is not attached yet, by its id or the beginning of it; launchroom proofs lists them
    #[arg(long, value_name = "ID")]
    pub run: Option<String>,
    /// The requirement (gate/slug) or step it serves; target and class follow from it
    #[arg(long, value_name = "REQ|STEP")]
    pub meets: Option<String>,
    /// The evidence target, when several fit
    #[arg(long, value_name = "T")]
    pub target: Option<String>,
    /// The proof it is the output of
    #[arg(long, value_name = "P", conflicts_with = "run")]
    pub proof: Option<String>,
    /// Who may see it
    #[arg(long, value_enum, value_name = "C")]
    pub class: Option<ClassWord>,
    /// You looked at the random strings in it that no rule knows: none is a secret, and buyers may see it
    #[arg(long)]
    pub looked: bool,
    /// A remark
    #[arg(long, value_name = "TEXT")]
    pub note: Option<String>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum ClassWord {
    Public,
    Tenant,
    Locked,
}

#[derive(Debug, Subcommand)]
pub enum EvidenceCommand {
    /// Every record, newest last
    #[command(after_help = "Examples:\n  launchroom evidence list --target billing-evidence")]
    List {
        /// Only at this target
        #[arg(long, value_name = "T")]
        target: Option<String>,
        /// Only what serves this requirement or step
        #[arg(long, value_name = "REQ")]
        serves: Option<String>,
        #[command(flatten)]
        reading: Reading,
    },
    /// One record and what was captured
    #[command(after_help = "Examples:\n  launchroom evidence show 35")]
    Show {
        /// Its number
        seq: u64,
        #[command(flatten)]
        reading: Reading,
    },
    /// Writes the captured bytes of a record to a file, or to stdout
    #[command(after_help = "Examples:\n  launchroom evidence save 35 -o bundle.json\n  launchroom evidence save 35 | less")]
    Save {
        /// Its number
        seq: u64,
        /// Where to; never over a file that is there
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Walks the ledger and every captured byte, and names the first that is not what was written
    #[command(after_help = "Examples:\n  launchroom evidence verify")]
    Verify(Reading),
    /// Takes a record back; it stays in the ledger and no longer counts
    #[command(after_help = "Examples:\n  launchroom evidence withdraw 35 --why \"run against the wrong tenant\"")]
    Withdraw {
        /// Its number
        seq: u64,
        /// Why
        #[arg(long, value_name = "TEXT")]
        why: String,
    },
}

#[derive(Debug, Subcommand)]
pub enum ActivationCommand {
    /// Every group, its values by name, and how far it is
    #[command(after_help = "Examples:\n  launchroom activation list --json")]
    List(Reading),
    /// Says how far a group is
    #[command(after_help = "Examples:\n  launchroom activation set operator-seed proven")]
    Set {
        /// The group
        group: String,
        /// missing, requested, collected, proven, excluded, or not-recorded
        status: String,
    },
}

#[derive(Debug, Subcommand)]
pub enum DependencyCommand {
    /// Every dependency, its treatment, and where that was accepted
    #[command(after_help = "Examples:\n  launchroom dependency list --json")]
    List(Reading),
    /// Records a treatment and where the customer accepted it
    #[command(
        after_help = "Examples:\n  launchroom dependency accept stripe --treatment invoice --order-form \"OF-2026-014 §4\""
    )]
    Accept {
        /// The dependency
        dependency: String,
        /// ready, manual, invoice, managed, fixture-pending or out-of-scope
        #[arg(long, value_name = "T")]
        treatment: String,
        /// Where in the order form
        #[arg(long, value_name = "REF")]
        order_form: Option<String>,
        /// Where in the launch room; else "accepted" and today's date
        #[arg(long, value_name = "REF")]
        launch_room: Option<String>,
    },
    /// Records that something changed outside, so that whatever rests on it goes stale
    #[command(after_help = "Examples:\n  launchroom dependency changed support-email --what \"moved to a new provider\"")]
    Changed {
        /// The dependency
        dependency: String,
        /// What changed
        #[arg(long, value_name = "TEXT")]
        what: String,
    },
}

#[derive(Debug, Args)]
pub struct ExcludeArgs {
    /// A requirement (gate/slug) or one check of a bundle (proof:check)
    #[arg(value_name = "REQ", required_unless_present = "revoke")]
    pub covers: Option<String>,
    /// What is left out, in the words the customer signed
    #[arg(long, required_unless_present = "revoke")]
    pub wording: Option<String>,
    /// Who signed it
    #[arg(long, value_name = "NAME", required_unless_present = "revoke")]
    pub signed_by: Option<String>,
    /// Who approved it, somebody other than the signer
    #[arg(long, value_name = "NAME")]
    pub approved_by: Option<String>,
    /// Its first day, from the midnight it begins with, in the room's zone; else it holds at once
    #[arg(long, value_name = "DATE")]
    pub from: Option<String>,
    /// Its last day, to the midnight it ends with, in the room's zone
    #[arg(long, value_name = "DATE", required_unless_present = "revoke")]
    pub until: Option<String>,
    /// Where the signature is
    #[arg(long, value_name = "TEXT")]
    pub reference: Option<String>,
    /// Takes an exclusion back
    #[arg(long, value_name = "ID", requires = "why", conflicts_with_all = ["covers", "wording", "signed_by", "approved_by", "from", "until", "reference"])]
    pub revoke: Option<String>,
    /// Why it is taken back
    #[arg(long, value_name = "TEXT", requires = "revoke")]
    pub why: Option<String>,
}

#[derive(Debug, Args)]
pub struct DecideArgs {
    /// The stage, or hold
    #[arg(long)]
    pub stage: String,
    /// accepted, `accepted_with_exclusions`, deferred or rejected
    #[arg(long)]
    pub outcome: String,
    /// Who decides for the customer
    #[arg(long, value_name = "NAME")]
    pub customer: String,
    /// Who decides for the operator
    #[arg(long, value_name = "NAME")]
    pub operator: String,
    /// Where the signature is
    #[arg(long, value_name = "TEXT")]
    pub reference: Option<String>,
    /// A remark
    #[arg(long, value_name = "TEXT")]
    pub note: Option<String>,
}

#[derive(Debug, Args)]
pub struct DossierArgs {
    /// Who reads it: a buyer gets public records, a customer the tenant's too, an operator all receipts
    #[arg(long, value_enum, value_name = "A", default_value_t = AudienceWord::Buyer)]
    pub audience: AudienceWord,
    /// In which form; only a zip can be checked by itself. Without it, as the name of the file ends, else a zip
    #[arg(long, value_enum, value_name = "F")]
    pub format: Option<DossierFormat>,
    /// Where to write it; else, or as -, to stdout
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Write over a file that is there
    #[arg(long, requires = "output")]
    pub force: bool,
    /// The stated moment; else that of the newest ledger entry
    #[arg(long, value_name = "DATE|TIME")]
    pub as_of: Option<String>,
    /// A public record whose file cannot be searched for secrets (PDF, Office, archive), for a buyer all the same
    #[arg(long, value_name = "SEQ")]
    pub include: Vec<u64>,
    /// Only tell what would go in, what is withheld and why
    #[arg(long)]
    pub preview: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum DossierFormat {
    Zip,
    Html,
    Md,
    Json,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SchemaWord {
    Room,
    Plan,
}

#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// The zip, or the folder it was unpacked into
    #[arg(value_name = "DOSSIER")]
    pub dossier: PathBuf,
    /// An older dossier of the same room
    #[arg(long, value_name = "OLDER")]
    pub against: Option<PathBuf>,
    #[command(flatten)]
    pub reading: Reading,
}

#[derive(Debug, Args)]
pub struct LogArgs {
    /// Only what happened since a day or a moment
    #[arg(long, value_name = "DATE|TIME")]
    pub since: Option<String>,
    #[command(flatten)]
    pub reading: Reading,
}

#[derive(Debug, Args)]
pub struct SyncArgs {
    /// Settle every change that waits for you: made after all, or dropped
    #[arg(long, value_enum, value_name = "WHOSE")]
    pub take: Option<TakeWord>,
    #[command(flatten)]
    pub reading: Reading,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum TakeWord {
    Mine,
    Theirs,
}

#[derive(Debug, Args)]
pub struct PullArgs {
    /// The server's address; else the one that --room names
    #[arg(value_name = "URL")]
    pub address: Option<String>,
    /// Where to write the room file, which must not be there yet
    #[arg(value_name = "PATH")]
    pub path: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct DatabaseArgs {
    /// SQLite in this file, or `postgres://USER@HOST/NAME`; else rooms.db in the data folder
    // A password in it would be on the process list: the environment is the place for it.
    #[arg(long, value_name = "PATH|URL", env = "LAUNCHROOM_DATABASE", hide_env_values = true)]
    pub database: Option<String>,
}

#[derive(Debug, Args)]
pub struct ServeArgs {
    /// Where to answer
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8080")]
    pub bind: String,
    #[command(flatten)]
    pub database: DatabaseArgs,
    /// Keep captured bytes in this folder instead of the database
    #[arg(long, value_name = "DIR")]
    pub blobs: Option<PathBuf>,
    /// Bring a local room in first, its ledger as it is; as often as there are rooms
    #[arg(long, value_name = "ROOM")]
    pub import: Vec<PathBuf>,
    /// Certificate chain in PEM; without it TLS is the proxy's
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    pub tls_cert: Option<PathBuf>,
    /// The certificate's private key in PEM
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    pub tls_key: Option<PathBuf>,
    /// No captured file is larger, in MiB
    #[arg(long, value_name = "MIB", default_value_t = 256, value_parser = clap::value_parser!(u64).range(1..=2048))]
    pub max_upload: u64,
    /// Connections at once
    #[arg(long, value_name = "COUNT", default_value_t = 4096, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub max_connections: u32,
    /// Where a line a request goes, as JSON
    #[arg(long, value_enum, default_value_t = LogTo::Stderr)]
    pub log: LogTo,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogTo {
    Stderr,
    Off,
}

#[derive(Debug, Subcommand)]
pub enum TokenCommand {
    /// Makes a token, which is shown once
    #[command(
        after_help = "Examples:\n  launchroom token create --tenant northwind --role operator --name \"Jonas Okafor\"\n  launchroom token create --tenant northwind --role customer --name \"Ingrid Aasen\" --expires 30d\n  launchroom token create --all-tenants --role operator --name \"Portfolio screen\" --json | jq -r .token\n\nRoles, each more than the one before: viewer reads; customer also fills the customer's roles and scope and signs\nexclusions; member also ticks tasks and attaches public and tenant evidence; operator does all, decisions included."
    )]
    Create(TokenCreateArgs),
    /// All tokens by their ids, without what would let anybody in
    #[command(after_help = "Examples:\n  launchroom token list")]
    List {
        #[command(flatten)]
        database: DatabaseArgs,
        #[command(flatten)]
        reading: Reading,
    },
    /// Ends a token, at once
    #[command(after_help = "Examples:\n  launchroom token revoke 4f0c21ab93de")]
    Revoke {
        /// Its id, as `token list` shows it
        id: String,
        #[command(flatten)]
        database: DatabaseArgs,
    },
}

#[derive(Debug, Args)]
pub struct TokenCreateArgs {
    /// Whose room; as often as there are rooms
    #[arg(long, value_name = "ID", required_unless_present = "all_tenants")]
    pub tenant: Vec<String>,
    /// All rooms, also those to come
    #[arg(long, conflicts_with = "tenant")]
    pub all_tenants: bool,
    /// What it may do
    #[arg(long, value_enum)]
    pub role: RoleWord,
    /// Whose it is: this name stands in the ledger
    #[arg(long, value_name = "NAME")]
    pub name: String,
    /// When it ends: a day, a moment, or a length of time like 30d
    #[arg(long, value_name = "WHEN")]
    pub expires: Option<String>,
    #[command(flatten)]
    pub database: DatabaseArgs,
    #[command(flatten)]
    pub reading: Reading,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum RoleWord {
    Viewer,
    Customer,
    Member,
    Operator,
}

impl From<RoleWord> for crate::app::host::Role {
    fn from(word: RoleWord) -> Self {
        match word {
            RoleWord::Viewer => Self::Viewer,
            RoleWord::Customer => Self::Customer,
            RoleWord::Member => Self::Member,
            RoleWord::Operator => Self::Operator,
        }
    }
}

#[derive(Debug, Args)]
pub struct LoginArgs {
    /// The server's address
    #[arg(long, value_name = "URL")]
    pub server: String,
    /// Forget its token instead
    #[arg(long)]
    pub forget: bool,
}

#[derive(Debug, Args)]
pub struct RoomsArgs {
    /// A folder to look beneath, or a server, whose list takes an operator's token; else the one of the settings, else this folder
    #[arg(value_name = "DIR|URL")]
    pub place: Option<String>,
    #[command(flatten)]
    pub reading: Reading,
}

#[derive(Debug, Args)]
pub struct CheckArgs {
    /// What to check, by the proof's id
    pub name: String,
    /// The deployment to ask; else `THESMIOS_SMOKE_URL`
    #[arg(long, value_name = "URL", env = "THESMIOS_SMOKE_URL", hide_env = true)]
    pub base_url: String,
    /// Wants strict readiness too
    #[arg(long)]
    pub strict: bool,
    /// Wants the fixtures too; what only the vendor can make fails honestly
    #[arg(long)]
    pub include_fixtures: bool,
    /// A locked file of environment values: the tenant's SCIM token, a member's token
    #[arg(long, value_name = "FILE")]
    pub env_file: Option<PathBuf>,
    /// Also writes the bundle there, for nobody else to read; a link of that name is replaced, never followed
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    #[command(flatten)]
    pub reading: Reading,
}

#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Where the settings file is, or would be
    #[command(after_help = "Examples:\n  $EDITOR \"$(launchroom config path)\"")]
    Path,
    /// What the settings come to
    #[command(after_help = "Examples:\n  launchroom config show --origin")]
    Show {
        /// Say where each value came from
        #[arg(long)]
        origin: bool,
        #[command(flatten)]
        reading: Reading,
    },
}

impl From<When> for crate::app::settings::Color {
    fn from(when: When) -> Self {
        match when {
            When::Auto => Self::Auto,
            When::Always => Self::Always,
            When::Never => Self::Never,
        }
    }
}

impl From<ClassWord> for crate::domain::plan::Class {
    fn from(word: ClassWord) -> Self {
        match word {
            ClassWord::Public => Self::Public,
            ClassWord::Tenant => Self::Tenant,
            ClassWord::Locked => Self::Locked,
        }
    }
}

impl From<TakeWord> for crate::app::sync::Take {
    fn from(word: TakeWord) -> Self {
        match word {
            TakeWord::Mine => Self::Mine,
            TakeWord::Theirs => Self::Theirs,
        }
    }
}
