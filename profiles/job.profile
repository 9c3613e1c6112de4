# job: a batch job on a machine of many. The directory that it is started in is its scratch
# directory, and all of yours that it sees; it reaches nobody.
#
#	cd "$TMPDIR" && immure run --profile job --ro-bind ~/input ~/bin/solver ~/input/case
#
# The scheduler's limits hold as they are, and these besides: no core files, which fill a
# shared disk, 2,048 processes and threads, seven days. Where no scheduler gives it a part
# of the memory: --memory 16G --cpus 8. One job over several machines needs their network,
# all of it: --share net,ipc.
description a batch job: the scratch directory it is started in, no network, limits
include default

cwd rw
rlimit core=0
rlimit nproc=2048
nice 5
timeout 7d
env-keep OMP_*
env-keep SLURM_CPUS_PER_TASK
env-keep SLURM_JOB_ID
