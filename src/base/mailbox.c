#include "base/mailbox.h"

#include "base/limits.h"

static bool is_part(struct str part) {
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                                  "!#$%&'*+-/=?^_`{|}~.";
    return part.len > 0 && str_only(part, allowed) && part.bytes[0] != '.' &&
           part.bytes[part.len - 1] != '.';
}

bool mail_address_is_valid(struct str address) {
    size_t at = str_find(address, '@');
    return address.len <= LIMIT_EMAIL && at < address.len && is_part(str_first(address, at)) &&
           is_part(str_skip(address, at + 1));
}

struct str mail_address_domain(struct str address) {
    return str_skip(address, str_find(address, '@') + 1);
}

static bool is_one_line(struct str text) {
    for (size_t i = 0; i < text.len; i++) {
        if ((unsigned char)text.bytes[i] < 0x20 || text.bytes[i] == 0x7f) {
            return false;
        }
    }
    return str_is_utf8(text);
}

bool mailbox_parse(struct str text, struct mailbox *ret_mailbox) {
    size_t open = str_find(text, '<');
    struct mailbox box = {STR(""), str_trim(text)};
    if (open < text.len) {
        struct str rest = str_skip(text, open + 1);
        size_t close = str_find(rest, '>');
        if (close + 1 != rest.len) {
            return false;
        }
        box = (struct mailbox){str_trim(str_first(text, open)), str_first(rest, close)};
    }
    if (!mail_address_is_valid(box.address) || !is_one_line(box.name)) {
        return false;
    }
    *ret_mailbox = box;
    return true;
}
