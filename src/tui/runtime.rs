//! The loop: wait until something happens, take everything that waits, decide, act, draw once.
//!
//! There is no tick. What will change by itself is a moment that `update` names; until then, or until a key, a signal
//! or a worker, the process sleeps. Frames are at most one in ten milliseconds, however fast things happen.

use super::action::Keymap;
use super::effect::{Effect, Leave};
use super::effects::Effects;
use super::model::Model;
use super::msg::{Event, Msg};
use super::terminal::{Guard, Input, InputThread, Signal, give_back, hook_panics, stop_job, watch_signals};
use super::{Cockpit, ExitReason, update, view};
use crate::app::error::{Error, Kind};
use jiff::Timestamp;
use ratatui::{Terminal, backend::CrosstermBackend};
use std::{
    io::{self, BufWriter, IsTerminal as _, Stdout},
    mem::ManuallyDrop,
    sync::Arc,
    sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    time::{Duration, Instant},
};

/// At most this often.
const FRAME: Duration = Duration::from_millis(10);
/// The wall clock may be set while we sleep; a longer sleep is cut so that nobody sees yesterday's date for long.
const LONGEST_SLEEP: Duration = Duration::from_mins(15);

type Screen = Terminal<CrosstermBackend<BufWriter<Stdout>>>;

struct Loop {
    model: Model,
    effects: Effects,
    guard: Guard,
    keys: Option<InputThread>,
    /// Never dropped: its drop writes to standard error when the terminal is gone, and that write would panic.
    screen: ManuallyDrop<Screen>,
    events: Receiver<Event>,
    sender: Sender<Event>,
    wake_at: Option<Timestamp>,
    clock: Arc<dyn crate::app::ports::Clock>,
    leave: Option<ExitReason>,
    dirty: bool,
}

/// Runs the cockpit. The room is read before the terminal is taken, so that a room that cannot be read is a plain error.
///
/// # Errors
/// When the room cannot be read, or there is no terminal.
pub fn run(mut cockpit: Cockpit) -> Result<ExitReason, Error> {
    if !io::stdout().is_terminal() {
        return Err(Error::new(Kind::Usage, "the cockpit needs a terminal", "standard output is none")
            .hint("`launchroom status` and `launchroom review` work in a pipe"));
    }
    if cockpit.env.get("TERM").is_some_and(|term| term == "dumb") {
        return Err(Error::new(Kind::Usage, "the cockpit needs a terminal that can place its cursor", "TERM is dumb")
            .hint("`launchroom status` and `launchroom review` work on any"));
    }
    let (sender, events) = channel();
    let (keymap, trouble) = Keymap::new(&cockpit.keys);
    let mut model = Model::new(&cockpit, keymap);
    let mut settle = None;
    if let Some(prepared) = cockpit.prepared.take() {
        model.opened = Some(prepared.opened);
        settle = Some(prepared.settle);
    } else if let Some(store) = &cockpit.store {
        model.opened = Some(crate::app::open::open(store.as_ref(), cockpit.clock.as_ref())?);
    }
    if let Some(audience) = cockpit.present {
        update::present::draw(&mut model, audience);
    }
    for trouble in trouble.into_iter().chain(cockpit.greeting.take().filter(|_| cockpit.present.is_none())) {
        model.complain(trouble);
    }
    let remember = cockpit.remember.clone();
    let watch = cockpit.watch.take();
    let (mouse, clock) = (cockpit.look.mouse, Arc::clone(&cockpit.clock));
    let effects = Effects::new(cockpit, sender.clone());

    // Signals first: from here on every way out gives the terminal back.
    let signals = sender.clone();
    watch_signals(move |signal| drop(signals.send(Event::Signal(signal)))).map_err(|error| no_terminal(&error))?;
    hook_panics();
    let guard = Guard::take(mouse).map_err(|error| no_terminal(&error))?;
    let backend = CrosstermBackend::new(BufWriter::with_capacity(64 * 1024, io::stdout()));
    let screen = Terminal::new(backend).map(ManuallyDrop::new).map_err(|error| no_terminal(&error))?;
    let mut this =
        Loop { model, effects, guard, keys: None, screen, events, sender, wake_at: None, clock, leave: None, dirty: true };
    this.resized();
    this.draw();
    if let Some(settle) = settle {
        settle()?;
    }
    // Everything that the first frame does not need comes after it.
    this.listen().map_err(|error| no_terminal(&error))?;
    let watching = this.effects.begin(watch);
    let reason = this.go_on();
    if let Some(remember) = remember {
        // Looking uses nothing up; leaving moves the mark.
        remember(this.clock.now());
    }
    // The terminal first: what the rest waits for, nobody should watch in a raw terminal.
    give_back();
    if matches!(reason, ExitReason::TerminalGone | ExitReason::Signal(signal_hook::consts::SIGHUP)) {
        // Nobody sees what a run still says, and whoever hung up does not wait.
        this.effects.kill_runs();
    }
    drop(watching);
    Ok(reason)
}

fn no_terminal(error: &io::Error) -> Error {
    Error::new(Kind::Usage, "the cockpit needs a terminal", error.to_string())
        .hint("`launchroom status` and `launchroom review` work without one")
}

impl Loop {
    fn listen(&mut self) -> io::Result<()> {
        let sender = self.sender.clone();
        self.keys = Some(InputThread::start(move |heard| {
            drop(sender.send(match heard {
                super::terminal::Heard::Input(Input::Key(key)) => Event::Msg(Msg::KeyPressed(key)),
                super::terminal::Heard::Input(Input::Mouse(mouse)) => Event::Msg(Msg::Moused(mouse)),
                super::terminal::Heard::Input(Input::Paste(text)) => Event::Msg(Msg::Pasted(text)),
                super::terminal::Heard::Gone => Event::TerminalGone,
            }));
        })?);
        Ok(())
    }

    fn go_on(&mut self) -> ExitReason {
        let mut drawn = Instant::now();
        loop {
            self.wait(drawn);
            if let Some(reason) = self.leave.take() {
                return reason;
            }
            if self.dirty && drawn.elapsed() >= FRAME {
                self.draw();
                drawn = Instant::now();
            }
        }
    }

    /// Sleeps until something happens, then takes everything that waits.
    fn wait(&mut self, drawn: Instant) {
        let pause = if self.dirty { Some(FRAME.saturating_sub(drawn.elapsed())) } else { self.until_wake() };
        let first = match pause {
            None => self.events.recv().map_err(|_| RecvTimeoutError::Disconnected),
            Some(pause) => self.events.recv_timeout(pause),
        };
        match first {
            Ok(event) => self.take(event),
            Err(RecvTimeoutError::Timeout) => {
                if self.wake_at.is_some_and(|at| self.clock.now() >= at) {
                    self.wake_at = None;
                    self.tell(Msg::MomentCame);
                }
            }
            Err(RecvTimeoutError::Disconnected) => self.leave = Some(ExitReason::TerminalGone),
        }
        while self.leave.is_none() {
            let Ok(event) = self.events.try_recv() else { break };
            self.take(event);
        }
    }

    fn until_wake(&self) -> Option<Duration> {
        let left = self.wake_at?.duration_since(self.clock.now());
        // A millisecond more: waking just before the moment would be for nothing.
        Some((left.try_into().unwrap_or(Duration::ZERO) + Duration::from_millis(1)).min(LONGEST_SLEEP))
    }

    fn take(&mut self, event: Event) {
        match event {
            Event::Msg(msg) => self.tell(msg),
            Event::TerminalGone => self.leave = Some(ExitReason::TerminalGone),
            Event::Signal(Signal::End(number)) => self.leave = Some(ExitReason::Signal(number)),
            Event::Signal(Signal::Stop) => self.suspend(),
            Event::Signal(Signal::Continued) => {
                // Whoever ran meanwhile may have left the terminal as it likes it.
                drop(self.guard.enter());
                self.anew();
                self.tell(Msg::Continued);
            }
            Event::Signal(Signal::Resized) => self.resized(),
        }
    }

    fn resized(&mut self) {
        if let Ok(size) = self.screen.size() {
            self.tell(Msg::Resized { width: size.width, height: size.height });
        }
    }

    /// Nothing is known of what the terminal shows: the next frame is drawn whole. Not `clear`: that asks the terminal where
    /// its cursor is, and the answer would come in as keys.
    fn anew(&mut self) {
        if let Ok(size) = self.screen.size() {
            drop(self.screen.resize(size.into()));
        }
        self.resized();
        self.dirty = true;
    }

    fn tell(&mut self, msg: Msg) {
        // Every cockpit is told of its spool right after the first frame; when it is empty, that frame stands.
        self.dirty |=
            !matches!(&msg, Msg::SpoolListed(Ok(spool)) if *spool == self.model.spool && self.model.runs.iter().next().is_none());
        self.model.now = self.clock.now();
        for effect in update::update(&mut self.model, msg) {
            self.act(effect);
        }
    }

    fn act(&mut self, effect: Effect) {
        match effect {
            Effect::WakeAt(at) => self.wake_at = Some(at),
            Effect::Suspend => self.suspend(),
            Effect::OpenEditor { line } => self.edit(line),
            Effect::Leave(Leave::Quit) => self.leave = Some(ExitReason::Quit),
            Effect::Leave(Leave::To(way)) => self.leave = Some(ExitReason::To(way)),
            other => self.effects.act(other),
        }
    }

    fn draw(&mut self) {
        self.dirty = false;
        let model = &self.model;
        // A terminal that takes no more bytes is gone; the key thread tells us so.
        drop(self.screen.draw(|frame| view::draw(model, frame)));
    }

    /// The continuing itself is told by its signal.
    fn suspend(&mut self) {
        if let Some(keys) = &self.keys {
            keys.pause();
        }
        let stopped = stop_job();
        if let Some(keys) = &self.keys {
            keys.resume();
        }
        if !stopped {
            self.model.say("Nothing could continue it here: suspending needs a shell with job control");
            self.dirty = true;
        }
    }

    fn edit(&mut self, line: usize) {
        if let Some(keys) = &self.keys {
            keys.pause();
        }
        give_back();
        let outcome = self.effects.edit(line);
        drop(self.guard.enter());
        if let Some(keys) = &self.keys {
            keys.resume();
        }
        self.anew();
        self.tell(Msg::EditorLeft(outcome));
    }
}
