/* Guards: what a policy would have made of past cases, and that what nobody can know is called so.
 */
#include "core/dunning_simulate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/check.h"

static const struct dunning_policy present = {3, {3, 7, 14}, 7};
static const struct dunning_policy shorter = {2, {2, 5}, 3};
static const struct dunning_policy longer = {4, {3, 7, 14, 21}, 10};

static void past_cases(void **state) {
    (void)state;
    static const struct {
        const char *what;
        const struct dunning_policy *policy;
        struct dunning_past past;
        enum dunning_would would;
        bool is_restricted;
    } rows[] = {
        {"the same policy, paid by its retry",
         &present,
         {PAST_PAID_BY_RETRY, 7, 3},
         WOULD_RECOVER,
         false},
        {"a retry that is now later", &longer, {PAST_PAID_BY_RETRY, 5, 2}, WOULD_RECOVER, false},
        {"paid by a retry after the last of the shorter one",
         &shorter,
         {PAST_PAID_BY_RETRY, 14, 7},
         WOULD_END,
         true},
        {"between the last decline and the payment nobody tried",
         &shorter,
         {PAST_PAID_BY_RETRY, 7, 3},
         WOULD_UNKNOWN,
         true},
        {"the customer paid in time", &shorter, {PAST_PAID_OTHERWISE, 4, 2}, WOULD_RECOVER, true},
        {"the customer paid when it would have been over",
         &shorter,
         {PAST_PAID_OTHERWISE, 6, 3},
         WOULD_END,
         true},
        {"given up; the shorter one gives up earlier",
         &shorter,
         {PAST_ENDED, 14, 14},
         WOULD_END,
         true},
        {"given up; what a later retry brings nobody knows",
         &longer,
         {PAST_ENDED, 14, 14},
         WOULD_UNKNOWN,
         true},
        {"goes on, with retries left", &present, {PAST_GOES_ON, 4, 3}, WOULD_GO_ON, false},
        {"goes on, and would be over", &shorter, {PAST_GOES_ON, 8, 7}, WOULD_END, true},
        {"goes on past the end of full access", &present, {PAST_GOES_ON, 9, 7}, WOULD_GO_ON, true},
        {"paid on the day itself", &present, {PAST_PAID_OTHERWISE, 0, 0}, WOULD_RECOVER, false},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct dunning_outlook seen = dunning_simulate(rows[i].policy, &rows[i].past);
        if (seen.would != rows[i].would || seen.is_restricted != rows[i].is_restricted) {
            fail_msg("%s: %s, %s", rows[i].what, dunning_would_name(seen.would),
                     seen.is_restricted ? "restricted" : "full");
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(past_cases)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
