/* Prints docs/reference/differences.md from the table in core/difference.h. */
#include "core/difference.h"

#include <stdio.h>

int main(void) {
    printf("# Differences\n\nWhat reconciliation may find, printed from the table in "
           "`core/difference.h`; `./dev docs` writes it anew.\n\nRepaired is what makes the mirror "
           "say what the payment provider says, where it is right by definition and nothing is "
           "lost. The others are left for a person, and so is everything else about the same "
           "object.\n\n| kind | what it means | repaired |\n| --- | --- | --- |\n");
    for (int i = 0; i < DIFFERENCE_COUNT; i++) {
        enum difference kind = (enum difference)i;
        printf("| `%s` | %s | %s |\n", difference_code(kind), difference_text(kind),
               difference_is_safe(kind) ? "yes" : "for a person");
    }
    return fflush(stdout) == 0 ? 0 : 1;
}
