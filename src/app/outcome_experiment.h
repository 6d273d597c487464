/* How experiments end: rows of OUTCOMES (app/outcome.h), where their form is told. */
#ifndef APP_OUTCOME_EXPERIMENT_H
#define APP_OUTCOME_EXPERIMENT_H

#define OUTCOMES_EXPERIMENT(X)                                                                     \
    X(EXPERIMENT_NOT_FOUND, "experiment_not_found", "There is no such experiment.")                \
    X(EXPERIMENT_NAME_TAKEN, "experiment_name_taken",                                              \
      "Another experiment has this name, which its buckets are drawn by: give it a new one.")      \
    X(EXPERIMENT_INVALID, "experiment_invalid", "The plan contradicts itself.")                    \
    X(EXPERIMENT_FIXED, "experiment_fixed",                                                        \
      "What was registered never changes, weights least of all: draft another experiment.")        \
    X(EXPERIMENT_STATE, "experiment_state", "This cannot be done with it as it stands.")           \
    X(EXPERIMENT_INFEASIBLE, "experiment_infeasible",                                              \
      "The traffic is not enough within a quarter: look for a larger effect, or accept it.")       \
    X(EXPERIMENT_OVERLAPS, "experiment_overlaps",                                                  \
      "Another experiment would meet the same units: share a layer, with ranges apart.")           \
    X(EXPERIMENT_SRM, "experiment_srm",                                                            \
      "The arms are not filled as they are weighted: find out why, and begin another one.")        \
    X(EXPERIMENT_TOO_SOON, "experiment_too_soon",                                                  \
      "It has not run for as long as was registered: only the control can be decided for.")        \
    X(EXPERIMENT_ARM_UNKNOWN, "experiment_arm_unknown", "The experiment has no such arm.")         \
    X(EXPERIMENT_UNIT_SEEN, "experiment_unit_seen",                                                \
      "This unit has been shown something already, which it keeps.")                               \
    X(EXPERIMENT_UNIT_UNKNOWN, "experiment_unit_unknown",                                          \
      "This unit was shown nothing in this experiment.")                                           \
    X(EXPERIMENT_UNIT_PAYS, "experiment_unit_pays",                                                \
      "This account has bought already: move it by a price change, or give it credit.")            \
    X(EXPERIMENT_NOT_LOWER, "experiment_not_lower",                                                \
      "No price of that arm is lower than what they are given, or one is higher.")                 \
    X(EXPERIMENT_UNIT_TIME, "experiment_unit_time",                                                \
      "Units can have been shown something in the last two years, and not in the future.")

#endif
