/* A use case about what an id names, where no more is said: long work that is ended. */
#ifndef APP_COMMAND_OF_H
#define APP_COMMAND_OF_H

#include "app/app.h"

struct command_of {
    struct command command;
    struct str id;
};

#endif
