/* What the plain servers share: connections of libuv, requests through llhttp. They read what is
 * there, parse all of it and look at nothing that llhttp does not. */
#ifndef BENCH_PLAIN_HTTP_H
#define BENCH_PLAIN_HTTP_H

#include <llhttp.h>
#include <stdbool.h>
#include <uv.h>

enum { PLAIN_READ_SIZE = 64 * 1024 };

struct plain_server;

/* One that is open; it frees itself when the client has hung up. */
struct plain_connection {
    struct plain_server *server;
    uv_tcp_t socket;
    llhttp_t parser;
    bool is_held; /* somebody else uses it: plain_release ends that */
    bool is_gone; /* the client hung up meanwhile */
    size_t asked; /* requests not yet answered */
    char *body;   /* of the request that is being read, where `keeps_bodies` */
    size_t body_len, body_capacity;
};

struct plain_server {
    bool keeps_bodies;
    /* A request is whole. */
    void (*on_request)(struct plain_connection *connection);
    /* All that was there is read; false closes the connection. */
    bool (*on_turn)(struct plain_connection *connection);
    uv_loop_t loop;
    uv_tcp_t listener;
    llhttp_settings_t callbacks;
    char read_bytes[PLAIN_READ_SIZE];
};

/* Ends the process with the word when `is_good` is false. */
void plain_ensure(bool is_good, const char *what);

/* Listens on a free port of 127.0.0.1 and prints it; the caller has set the first three members. */
void plain_listen(struct plain_server *server);

/* Sends bytes at once, all or none: the clients of a bench read what they have asked for, so that
 * the kernel takes it. */
bool plain_send(struct plain_connection *connection, const char *bytes, size_t len);

/* The connection is the server's again; false when its client is gone, and so is it. */
bool plain_release(struct plain_connection *connection);

#endif
