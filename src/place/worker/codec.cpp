#include "place/worker/codec.hpp"

#include <exception>
#include <new>
#include <stdexcept>
#include <string>

namespace nvfp4bench::place::codec {
namespace {

template <class T>
Json or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}

template <class T>
std::optional<T> optional(const Json& json) {
  return json.is_null() ? std::nullopt : std::optional<T>(json.get<T>());
}

Json encode_matrix(const MatrixView& m) { return {m.rows, m.k, m.l}; }

MatrixView decode_matrix(const Json& json) { return {json.at(0), json.at(1), json.at(2)}; }

Json encode_device(const Device& d) {
  return {d.ordinal,
          d.name,
          d.capability,
          d.sm_count,
          d.l2_bytes,
          d.memory_bytes,
          d.shared_bytes_per_block,
          d.driver_version,
          d.runtime_version};
}

Device decode_device(const Json& json) {
  return {json.at(0), json.at(1), json.at(2), json.at(3), json.at(4),
          json.at(5), json.at(6), json.at(7), json.at(8)};
}

Json encode_ceilings(const Ceilings& c) {
  Json caches = Json::array();
  for (const CacheRate& cache : c.caches)
    caches.push_back({cache.level, cache.bytes, cache.bytes_per_s, cache.spread});
  return {c.name, c.bytes_per_s, c.flops_per_s, c.source, or_null(c.spread), std::move(caches)};
}

Ceilings decode_ceilings(const Json& json) {
  Ceilings ceilings{{json.at(0), json.at(1), json.at(2), json.at(3)}, optional<double>(json.at(4))};
  for (const Json& cache : json.at(5))
    ceilings.caches.push_back({cache.at(0), cache.at(1), cache.at(2), cache.at(3)});
  return ceilings;
}

enum class Kind { other, does_not_fit, method_unavailable, cannot_run };

}  // namespace

Json encode(const kernels::Machine& machine) {
  return {{"isa", machine.isa},
          {"isa_why_not", machine.isa_why_not},
          {"threads", machine.threads},
          {"gpu", machine.gpu ? encode_device(*machine.gpu) : Json(nullptr)},
          {"gpu_why_not", machine.gpu_why_not}};
}

kernels::Machine decode_machine(const Json& json) {
  kernels::Machine machine{.isa = json.at("isa"),
                           .isa_why_not = json.at("isa_why_not"),
                           .threads = json.at("threads"),
                           .gpu_why_not = json.at("gpu_why_not")};
  if (!json.at("gpu").is_null()) machine.gpu = decode_device(json.at("gpu"));
  return machine;
}

Json encode(const Facts& facts) {
  Json json{{"device", facts.device ? encode_device(*facts.device) : Json(nullptr)},
            {"launch_floor_s", facts.launch_floor_s},
            {"flush_bytes", facts.flush_bytes},
            {"cold_cache_bytes", facts.cold_cache_bytes},
            {"ceilings", facts.ceilings ? encode_ceilings(*facts.ceilings) : Json(nullptr)}};
  return json;
}

Facts decode_facts(const Json& json) {
  Facts facts{.launch_floor_s = json.at("launch_floor_s"),
              .flush_bytes = json.at("flush_bytes"),
              .cold_cache_bytes = json.at("cold_cache_bytes")};
  if (!json.at("device").is_null()) facts.device = decode_device(json.at("device"));
  if (const Json& ceilings = json.at("ceilings"); !ceilings.is_null())
    facts.ceilings = decode_ceilings(ceilings);
  return facts;
}

Json encode(const Sample& sample) {
  Json json{{"seconds", sample.seconds},
            {"phases", Json::array()},
            {"clocks", nullptr},
            {"sm_clock_mhz", or_null(sample.board.sm_clock_mhz)},
            {"throttle_reasons", or_null(sample.board.throttle_reasons)}};
  for (const PhaseTime& phase : sample.phases) json["phases"].push_back({phase.name, phase.seconds});
  if (sample.clocks) json["clocks"] = {sample.clocks->host_s, sample.clocks->device_s, sample.clocks->tail_s};
  return json;
}

Sample decode_sample(const Json& json) {
  Sample sample;
  sample.seconds = json.at("seconds");
  for (const Json& phase : json.at("phases")) sample.phases.push_back({phase.at(0), phase.at(1)});
  if (const Json& clocks = json.at("clocks"); !clocks.is_null())
    sample.clocks = OtherClocks{clocks.at(0), clocks.at(1), clocks.at(2)};
  sample.board.sm_clock_mhz = optional<unsigned>(json.at("sm_clock_mhz"));
  sample.board.throttle_reasons = optional<uint64_t>(json.at("throttle_reasons"));
  return sample;
}

Json encode(std::span<const data::Piece> pieces) {
  Json json = Json::array();
  for (const data::Piece& piece : pieces) json.push_back({piece.array, piece.offset, piece.bytes});
  return json;
}

std::vector<data::Piece> decode_pieces(const Json& json) {
  std::vector<data::Piece> pieces;
  for (const Json& piece : json) pieces.push_back({piece.at(0), piece.at(1), piece.at(2)});
  return pieces;
}

Json encode(const ProblemView& view) {
  Json groups = Json::array();
  for (const GroupView& group : view.groups) {
    groups.push_back({encode_matrix(group.a), encode_matrix(group.b1), encode_matrix(group.b2), group.alpha1,
                      group.alpha2});
  }
  return {{"op", view.op}, {"output", view.output}, {"groups", std::move(groups)}};
}

ProblemView decode_view(const Json& json) {
  ProblemView view{json.at("op"), json.at("output"), {}};
  for (const Json& group : json.at("groups")) {
    view.groups.push_back({decode_matrix(group.at(0)), decode_matrix(group.at(1)), decode_matrix(group.at(2)),
                           group.at(3), group.at(4), nullptr});
  }
  return view;
}

Json encode_error(const std::exception_ptr& error) {
  Kind kind = Kind::other;
  std::string text;
  try {
    std::rethrow_exception(error);
  } catch (const DoesNotFit& exception) {
    kind = Kind::does_not_fit;
    text = exception.what();
  } catch (const kernels::CannotRun& exception) {
    kind = Kind::cannot_run;
    text = exception.what();
  } catch (const MethodUnavailable& exception) {
    kind = Kind::method_unavailable;
    text = exception.what();
  } catch (const std::bad_alloc&) {
    text = "out of memory: an allocation failed";
  } catch (const std::exception& exception) {
    text = exception.what();
  } catch (...) {
    text = "threw something that is not a std::exception";
  }
  return {{"kind", kind}, {"text", text}};
}

void rethrow(const Json& error) {
  const std::string text = error.at("text");
  switch (error.at("kind").get<Kind>()) {
    case Kind::does_not_fit:
      throw DoesNotFit(text);
    case Kind::cannot_run:
      throw kernels::CannotRun(text);
    case Kind::method_unavailable:
      throw MethodUnavailable(text);
    case Kind::other:
      break;
  }
  throw std::runtime_error(text);
}

}  // namespace nvfp4bench::place::codec
