/* What `turnpike backup` and `turnpike restore` hand to main, and get back. */
#ifndef CLI_BACKUP_H
#define CLI_BACKUP_H

#include <stdbool.h>
#include <stdint.h>

/* Of `backup` and `restore`; folders are absolute. */
struct cli_backup {
    const char *data_dir;
    const char *folder; /* the backup's */
    const char *keys;   /* the file of its keys; NULL: beside the folder */
    const char *key; /* the file of the key that it is sealed under as a whole; NULL: it is not */
    bool replaces;   /* restore: what the data folder holds is moved aside */
    bool without_sandbox; /* restore: the sandbox's file stays as it is */
};
struct cli_backup_report {
    int64_t files, bytes;
    int64_t taken_at;    /* milliseconds UTC */
    int64_t incarnation; /* restore: of the restored installation */
};

#endif
