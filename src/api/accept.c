#include "api/accept.h"

bool accept_names(const struct http_request *http, struct str field, struct str what) {
    struct str rest = http_header(http, field);
    while (rest.len > 0) {
        struct str parameters = str_cut(&rest, ',');
        struct str name = str_trim(str_cut(&parameters, ';'));
        struct str weight = str_trim(parameters);
        bool is_refused = str_starts_with(weight, STR("q=0")) && str_only(weight, "q=0.");
        if (str_equal_ignoring_case(name, what)) {
            return !is_refused;
        }
    }
    return false;
}
