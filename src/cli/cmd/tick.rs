//! Ticks a task of a step, or takes the tick back.

use crate::app::error::Error;
use crate::cli::args::TickArgs;
use crate::cli::{Exit, context::Context, context::unknown};
use crate::domain::change::Change;
use crate::domain::plan::Plan;

pub fn run(cx: &mut Context<'_>, args: &TickArgs) -> Result<Exit, Error> {
    cx.change(|opened| wanted(&opened.snapshot.plan, args))
}

fn wanted(plan: &Plan, args: &TickArgs) -> Result<Change, Error> {
    let all = || plan.steps.iter().flat_map(|step| step.tasks.iter().map(move |task| format!("{}/{}", step.id, task.id)));
    let task = args.task.split_once('/').and_then(|(step, task)| {
        let step = plan.step(step)?;
        Some((step.id.clone(), step.task(task)?.id.clone()))
    });
    let Some((step, task)) = task else {
        let all: Vec<_> = all().collect();
        return Err(unknown("task", &args.task, all.iter().map(String::as_str)));
    };
    Ok(Change::SetTask { step, task, done: !args.undo })
}
