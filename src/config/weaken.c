#include <immure/config/config.h>
#include <immure/sys/weaken.h>

#include "set.h"

SETTER(set_weaken)
{
	(void)config;
	return weaken(setting->value, err);
}
