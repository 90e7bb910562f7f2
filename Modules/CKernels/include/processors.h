#ifndef SLIPSTREAM_PROCESSORS_H
#define SLIPSTREAM_PROCESSORS_H

/// How many processors this process may run on: its affinity mask, else what the machine has online.
int ck_available_processors(void);

#endif
