#include "place/device/stopwatch.hpp"

namespace nvfp4bench::place {
namespace {

/// More launches than a stream can queue would wait for the gate that waits for them: it opens by itself.
constexpr uint64_t kGateLimit_ns = 20'000'000;

class NoPhases : public kernels::PhaseSink {
 public:
  void end_phase(std::string_view) override {}
};

}  // namespace

void DeviceStopwatch::EventPhases::end_phase(std::string_view name) {
  if (events_.size() == names_.size()) events_.emplace_back();
  names_.emplace_back(name);
  events_[names_.size() - 1].record(stream_.get());
}

std::vector<PhaseTime> DeviceStopwatch::EventPhases::read(const cuda::Event& start) const {
  std::vector<PhaseTime> phases;
  const cuda::Event* last = &start;
  for (std::size_t i = 0; i < names_.size(); ++i) {
    add_phase(phases, names_[i], cuda::seconds_between(*last, events_[i]));
    last = &events_[i];
  }
  return phases;
}

std::span<const Method> DeviceStopwatch::methods() const {
  static constexpr Method kSingleCalls[] = {Method::cold_graph, Method::cold_stream, Method::warm_graph,
                                            Method::warm_stream};
  return kSingleCalls;
}

void DeviceStopwatch::call(kernels::PhaseSink& phases) {
  kernels::RunContext context{.phases = phases, .stream = stream_.get()};
  call_(context);
}

Sample DeviceStopwatch::measure(Method method) {
  const bool graph = method != Method::cold_stream && method != Method::warm_stream;
  const bool cold = method != Method::warm_graph && method != Method::warm_stream;
  NoPhases no_phases;
  if (graph && !graph_) graph_.emplace(stream_.get(), [&] { call(no_phases); });
  const auto enqueue = [&](kernels::PhaseSink& phases) {
    graph ? graph_->launch(stream_.get()) : call(phases);
  };

  if (cold) state_.flush_l2(stream_.get());
  kernels::probe::Gate& gate = *state_.gate.get();
  gate.reached = 0;
  gate.open = 0;
  phases_.clear();
  kernels::probe::hold(&gate, kGateLimit_ns, stream_.get());
  start_.record(stream_.get());
  // A warm call's phases would be those of a cold one but for the cache; cold ones are the ones reported.
  cold ? enqueue(phases_) : enqueue(no_phases);
  end_.record(stream_.get());
  kernels::probe::stamp_end(&gate, stream_.get());

  state_.wait_for_gate(stream_.get());
  const double let_go = steady_seconds();
  gate.open = 1;
  state_.wait(end_);
  const double done = steady_seconds();
  cuda::check(cudaDeviceSynchronize(), "waiting for the GPU to be idle");
  const double idle = steady_seconds();

  Sample sample;
  sample.seconds = cuda::seconds_between(start_, end_);
  sample.phases = phases_.read(start_);
  sample.clocks = OtherClocks{.host_s = done - let_go,
                              .device_s = 1e-9 * static_cast<double>(gate.end_ns - gate.begin_ns),
                              .tail_s = idle - done};
  sample.board = state_.board.read();
  return sample;
}

}  // namespace nvfp4bench::place
