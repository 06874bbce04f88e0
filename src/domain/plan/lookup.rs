//! Finding things in a plan by id.

use super::{
    Dependency, Function, Gate, Group, Motion, Party, Plan, Proof, Requirement, Role, ScopeField, Side, Step, Target, Task,
};

macro_rules! find {
    ($($(#[$doc:meta])* $name:ident: $list:ident -> $item:ty;)*) => {$(
        $(#[$doc])*
        #[must_use]
        pub fn $name(&self, id: &str) -> Option<&$item> {
            self.$list.iter().find(|item| item.id == *id)
        }
    )*};
}

impl Plan {
    find! {
        /// The motion with this id.
        motion: motions -> Motion;
        /// The scope field with this id.
        field: scope -> ScopeField;
        /// The function with this id.
        function: functions -> Function;
        /// The role with this id.
        role: roles -> Role;
        /// The step with this id.
        step: steps -> Step;
        /// The gate with this id.
        gate: gates -> Gate;
        /// The proof with this id.
        proof: proofs -> Proof;
        /// The activation group with this id.
        group: activation -> Group;
        /// The dependency with this id.
        dependency: dependencies -> Dependency;
        /// The evidence target with this id.
        target: targets -> Target;
    }

    /// The requirement with this id, of any gate or step.
    #[must_use]
    pub fn requirement(&self, id: &str) -> Option<&Requirement> {
        self.requirements().find(|requirement| requirement.id == *id)
    }

    /// Every requirement: the gates' in stage order, then the steps' own.
    pub fn requirements(&self) -> impl Iterator<Item = &Requirement> {
        let gates = self.gates.iter().flat_map(|gate| &gate.requires);
        gates.chain(self.steps.iter().flat_map(|step| &step.requires))
    }

    /// Where a stage stands in the ladder, counted from 0.
    #[must_use]
    pub fn rank(&self, stage: &str) -> Option<usize> {
        self.gates.iter().position(|gate| gate.id == *stage)
    }

    /// The title a person reads for whoever owes something.
    #[must_use]
    pub fn party_title<'a>(&'a self, party: &'a Party) -> &'a str {
        match party {
            Party::Role(id) => self.role(id.as_str()).map_or(id.as_str(), |role| &role.title),
            Party::Function(id) => self.function(id.as_str()).map_or(id.as_str(), |function| &function.title),
        }
    }

    /// Which side somebody sits on.
    #[must_use]
    pub fn party_side(&self, party: &Party) -> Side {
        match party {
            Party::Role(id) => self.role(id.as_str()).map_or(Side::Joint, |role| role.side),
            Party::Function(id) => self.function(id.as_str()).map_or(Side::Joint, |function| function.side),
        }
    }
}

impl Step {
    /// The task with this id.
    #[must_use]
    pub fn task(&self, id: &str) -> Option<&Task> {
        self.tasks.iter().find(|task| task.id == *id)
    }
}
