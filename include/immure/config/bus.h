/* Words about the session bus, as --dbus takes them. */
#ifndef IMMURE_CONFIG_BUS_H
#define IMMURE_CONFIG_BUS_H

struct arena;
struct error;

/* talk:NAME, own:NAME, see:NAME, call:NAME=RULE or broadcast:NAME=RULE as the option of
 * xdg-dbus-proxy(1) that it stands for, from the arena. NULL and *err: it is none. */
const char *bus_word(struct arena *arena, const char *word, struct error *err);

#endif
