// Threads that spin after their work, in the time of whoever runs next.
#pragma once

namespace nvfp4bench::place {

/// Returns when no other thread of this process runs. OpenMP's spin for some milliseconds after a parallel
/// region, and then sleep; where they go on for longer, as with OMP_WAIT_POLICY=active, they are ended. They
/// are not always ended, because on a busy machine a new thread waits for its turn, where one that has slept
/// is preferred.
void let_threads_sleep();

/// Ends OpenMP's threads; the next parallel region makes new ones. For the tool's own, which spin no less.
void end_threads();

}  // namespace nvfp4bench::place
