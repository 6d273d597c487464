#include "app/outcome.h"

#include "base/check.h"

static const char *const codes[] = {
#define X(name, code, text) [OUTCOME_##name] = code,
    OUTCOMES(X)
#undef X
};

static const char *const texts[] = {
#define X(name, code, text) [OUTCOME_##name] = text,
    OUTCOMES(X)
#undef X
};

const char *outcome_code(enum outcome outcome) {
    check(outcome < OUTCOME_COUNT);
    return codes[outcome];
}

const char *outcome_text(enum outcome outcome) {
    check(outcome < OUTCOME_COUNT);
    return texts[outcome];
}
