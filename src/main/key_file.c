#include "main/key_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CONTENT_MAX = 4096, KEY_HEX = 2 * SEAL_KEY };

/* --- a text with keys --- */

static bool read_key(struct str line, uint8_t ret_key[SEAL_KEY]) {
    size_t len = 0;
    return (line.len == KEY_HEX && str_unhex(line, ret_key, SEAL_KEY)) ||
           (base64_read(line, ret_key, SEAL_KEY, &len) && len == SEAL_KEY);
}

struct err key_text_refuse(struct cx *cx, const char *place, const char *why) {
    return cx_fail(cx, ERR(ERR_FORMAT),
                   "%.200s %s; expected a key of 32 bytes a line, as 64 hexadecimal digits or in "
                   "base64, the newest first, at most %d.",
                   place, why, (int)KEK_MAX);
}

struct err key_text_read(struct cx *cx, const char *place, struct str text,
                         struct kek_list *ret_keks) {
    ret_keks->count = 0;
    while (text.len > 0) {
        struct str line = str_trim(str_cut(&text, '\n'));
        if (line.len > 0 && line.bytes[line.len - 1] == '\r') {
            line.len--;
        }
        if (line.len == 0) {
            continue;
        }
        if (ret_keks->count == KEK_MAX) {
            return key_text_refuse(cx, place, "holds too many keys");
        }
        if (!read_key(line, ret_keks->keys[ret_keks->count])) {
            return key_text_refuse(cx, place, "holds a line that is no key");
        }
        ret_keks->count++;
    }
    return ret_keks->count > 0 ? OK : key_text_refuse(cx, place, "holds no key");
}

/* --- a file --- */

static struct err read_private(struct cx *cx, const char *path, int fd, char *content,
                               size_t *ret_len) {
    struct stat info;
    if (fstat(fd, &info) != 0) {
        return cx_fail(cx, ERR(ERR_IO), "The key in %.200s cannot be looked at.", path);
    }
    if ((info.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        return cx_fail(cx, ERR(ERR_PERMISSION),
                       "The key in %.200s can be read by others than its owner (mode %03o): "
                       "expected mode 400 or 600.",
                       path, (unsigned)(info.st_mode & 0777));
    }
    ssize_t got = read(fd, content, CONTENT_MAX);
    *ret_len = got > 0 ? (size_t)got : 0;
    return got < 0 ? cx_fail(cx, ERR(ERR_IO), "The key in %.200s cannot be read.", path) : OK;
}

static struct err open_private(struct cx *cx, const char *path, char *content, size_t *ret_len) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return cx_fail(cx, ERR(ERR_NOT_FOUND),
                       "The key file %.200s cannot be opened: is it there, and may this user read "
                       "it?",
                       path);
    }
    struct err err = read_private(cx, path, fd, content, ret_len);
    close(fd);
    return err;
}

struct err key_file_read(struct cx *cx, const char *path, struct kek_list *ret_keks) {
    char *content = secret_alloc(CONTENT_MAX);
    size_t len = 0;
    struct err err = content == NULL ? ERR(ERR_NO_MEMORY) : open_private(cx, path, content, &len);
    err = err_failed(err) ? err : key_text_read(cx, path, str_of(content, len), ret_keks);
    secret_free(content);
    return err;
}
