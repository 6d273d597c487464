/* How contracts end: rows of OUTCOMES (app/outcome.h), where their form is told. */
#ifndef APP_OUTCOME_CONTRACT_H
#define APP_OUTCOME_CONTRACT_H

#define OUTCOMES_CONTRACT(X)                                                                       \
    X(CONTRACT_NOT_FOUND, "contract_not_found", "There is no such contract here.")                 \
    X(CONTRACT_OPEN, "contract_open", "A contract has been asked for already; it is worked on.")   \
    X(CONTRACT_WRONG_STATUS, "contract_wrong_status",                                              \
      "That cannot become of the contract as it stands now.")                                      \
    X(CONTRACT_CHANGED, "contract_changed",                                                        \
      "These are not the terms that are offered: read them anew.")                                 \
    X(CONTRACT_IN_FORCE, "contract_in_force",                                                      \
      "Another contract of the customer is in force then: amend it, or begin after its end.")      \
    X(CONTRACT_NOTICE_LATE, "contract_notice_late",                                                \
      "The last moment to give notice is over: the term renews.")                                  \
    X(CONTRACT_RENEWS_NOT, "contract_renews_not", "The contract ends with its term anyway.")       \
    X(CONTRACT_TERMS_INVALID, "contract_terms_invalid",                                            \
      "The terms contradict each other, or what is sold.")

#endif
