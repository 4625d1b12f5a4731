#include <array>
#include <cmath>
#include <limits>
#include <new>
#include <string>
#include <thread>
#include <unistd.h>

#include "catch.hpp"
#include "place/worker/channel.hpp"
#include "place/worker/codec.hpp"

namespace nvfp4bench::place {
namespace {

using codec::Json;

/// What arrives at the other end.
Json sent(const Json& json) {
  auto [here, there] = Channel::pair();
  REQUIRE(here.send(json));
  return there.receive().value().body;
}

TEST_CASE("a sample crosses with every bit of its times") {
  Sample sample;
  sample.seconds = std::nextafter(0.1, 1);
  sample.phases = {{"pass 1", 5e-324}, {"fusion", std::numeric_limits<double>::infinity()}};
  sample.clocks = OtherClocks{1.0 / 3, -0.0, 1e300};
  sample.board = {.sm_clock_mhz = 1980, .throttle_reasons = uint64_t{1} << 63};
  const Sample got = codec::decode_sample(sent(codec::encode(sample)));
  CHECK(got.seconds == sample.seconds);
  REQUIRE(got.phases.size() == 2);
  CHECK(got.phases[0].name == "pass 1");
  CHECK(got.phases[0].seconds == 5e-324);
  CHECK(std::isinf(got.phases[1].seconds));
  CHECK(got.clocks.value().host_s == 1.0 / 3);
  CHECK(std::signbit(got.clocks->device_s));
  CHECK(got.clocks->tail_s == 1e300);
  CHECK(got.board.sm_clock_mhz == 1980U);
  CHECK(got.board.throttle_reasons == uint64_t{1} << 63);

  const Sample bare = codec::decode_sample(sent(codec::encode(Sample{})));
  CHECK_FALSE(bare.clocks);
  CHECK_FALSE(bare.board.sm_clock_mhz);
}

TEST_CASE("sizes and factors of a problem cross, its pointers do not") {
  const uint8_t byte = 0;
  const MatrixView a{3, 64, 2, &byte, &byte};
  const MatrixView b{int64_t{1} << 40, 64, 2, &byte, &byte};
  const ProblemView view{Op::gemm, OutputType::bf16, {{a, b, {}, 0.1F, NAN, nullptr}}};
  const ProblemView got = codec::decode_view(sent(codec::encode(view)));
  CHECK(got.op == Op::gemm);
  CHECK(got.output == OutputType::bf16);
  REQUIRE(got.groups.size() == 1);
  CHECK(got.groups[0].m() == 3);
  CHECK(got.groups[0].n() == int64_t{1} << 40);
  CHECK(got.groups[0].l() == 2);
  CHECK(got.groups[0].b2.rows == 0);
  CHECK(got.groups[0].alpha1 == 0.1F);
  CHECK(std::isnan(got.groups[0].alpha2));
  CHECK(got.groups[0].a.codes == nullptr);
}

TEST_CASE("machines and facts cross, with a GPU and without") {
  Device gpu;
  gpu.name = "a GPU";
  gpu.capability = 100;
  gpu.runtime_version = 13000;
  const kernels::Machine machine{.isa = Isa::avx2, .isa_why_not = "x", .threads = 7, .gpu = gpu};
  const kernels::Machine got = codec::decode_machine(sent(codec::encode(machine)));
  CHECK(got.isa == Isa::avx2);
  CHECK(got.isa_why_not == "x");
  CHECK(got.threads == 7);
  CHECK(got.gpu == machine.gpu);
  CHECK_FALSE(codec::decode_machine(sent(codec::encode(kernels::Machine{}))).gpu);

  Facts facts{.device = gpu, .cold_cache_bytes = 9};
  Ceilings& ceilings = facts.ceilings.emplace();
  static_cast<Peak&>(ceilings) = {"p", 1.5, 2.5, "s"};
  ceilings.spread = 0.1;
  ceilings.caches = {{"L3", 1 << 25, 3.5, 0.2}};
  const Facts known = codec::decode_facts(sent(codec::encode(facts)));
  CHECK(known.device == facts.device);
  CHECK(known.ceilings.value().flops_per_s == 2.5);
  CHECK(known.ceilings->source == "s");
  CHECK(known.ceilings->spread == 0.1);
  REQUIRE(known.ceilings->caches.size() == 1);
  CHECK(known.ceilings->caches[0].level == "L3");
  CHECK(known.ceilings->caches[0].bytes == 1 << 25);
  CHECK(known.ceilings->caches[0].bytes_per_s == 3.5);
  CHECK(known.ceilings->caches[0].spread == 0.2);
  CHECK(known.cold_cache_bytes == 9);
  CHECK_FALSE(codec::decode_facts(sent(codec::encode(Facts{}))).ceilings);
}

template <class Thrown>
Json caught(const Thrown& thrown) {
  return sent(codec::encode_error(std::make_exception_ptr(thrown)));
}

TEST_CASE("exceptions keep their kind and their text, whatever bytes that has") {
  CHECK_THROWS_AS(codec::rethrow(caught(DoesNotFit("no"))), DoesNotFit);
  CHECK_THROWS_AS(codec::rethrow(caught(MethodUnavailable("no"))), MethodUnavailable);
  CHECK_THROWS_AS(codec::rethrow(caught(kernels::CannotRun("no"))), kernels::CannotRun);
  CHECK_THROWS_WITH(codec::rethrow(caught(std::runtime_error("\xFF\n"))), "\xFF\n");
  CHECK_THROWS_WITH(codec::rethrow(caught(std::bad_alloc())), "out of memory: an allocation failed");
  CHECK_THROWS_WITH(codec::rethrow(caught(42)), "threw something that is not a std::exception");
}

TEST_CASE("files come with a message, and messages of any size arrive whole") {
  auto [here, there] = Channel::pair();
  const data::SharedMemory memory(4096, data::Access::read_write);
  memory.data()[7] = 42;
  const Json large{{"text", std::string(3'000'000, 'x')}};
  std::thread sender([&, &from = here] {
    (void)from.send(large, std::array{memory.file()});
    (void)from.send(Json{{"next", 1}});
  });
  const Message first = there.receive().value();
  const Message second = there.receive().value();
  sender.join();
  CHECK(first.body == large);
  CHECK(second.body.at("next") == 1);
  CHECK(second.files.empty());
  REQUIRE(first.files.size() == 1);
  const data::Mapping mapping = data::map_guarded(first.files[0].get(), 4096, data::Access::read);
  CHECK(mapping.data()[data::kGuardSpaceBytes + 7] == 42);
}

TEST_CASE("a message that breaks off is none, and nobody can be sent to who is gone") {
  auto [here, there] = Channel::pair();
  {
    const Channel gone = std::move(there);
    const uint64_t length = 100;
    REQUIRE(::write(here.file(), &length, sizeof length) == sizeof length);
    Channel ended = std::move(here);
    here = Channel(data::File());
    ended = Channel(data::File());
    CHECK_FALSE(gone.receive());
  }
  auto [one, other] = Channel::pair();
  other = Channel(data::File());
  CHECK_FALSE(one.send(Json{{"call", "x"}}));
}

}  // namespace
}  // namespace nvfp4bench::place
