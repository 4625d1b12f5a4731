// Where kernels run. A place is memory for operands and outputs, a clock, and a state:
//
//   Place    the host, a GPU
//   Stage    a problem in a place: its operands, brought there once for all variants
//   Session  a variant bound to them: prepared once, then poisoned, run and fetched again and again
//
// Nothing in these interfaces is a closure, so that each can stand in another process; a variant stands there for its
// row in the registry.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "data/change.hpp"
#include "data/output_image.hpp"
#include "kernels/variant.hpp"
#include "model/ceilings.hpp"
#include "model/device.hpp"
#include "model/method.hpp"
#include "model/views.hpp"
#include "place/sample.hpp"

namespace nvfp4bench::place {

/// A problem that does not fit the memory of a place. Says what it needs and what is free.
class DoesNotFit : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A way to measure that this session cannot have, for want of memory say, or because the kernel cannot be bound
/// more than once; others are not affected.
class MethodUnavailable : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The caller asked to stop. Not an error: never caught as one.
struct Interrupted {};

class Session {
 public:
  virtual ~Session() = default;

  /// Prepares the weights; the seconds that it takes. Absent where the variant prepares none.
  virtual std::optional<double> prepare() = 0;
  virtual bool prepares_weights() const = 0;
  virtual int64_t workspace_bytes() const = 0;
  /// Whether another session would have the same operands at other addresses.
  virtual bool moves() const { return false; }

  /// Those pieces of the operands on the host are not what they were when this was called last, and neither are
  /// the pieces of that call: brings both.
  virtual void renew(std::span<const data::Piece> pieces) = 0;
  /// Fills every output with `pattern` (data/poison.hpp) and renews the guard bands.
  virtual void poison(uint32_t pattern) = 0;
  /// How a call can be measured here; results are compared by the first.
  virtual std::span<const Method> methods() const = 0;
  /// Brings caches to the state in which a call by this method is to find them: nothing of the operands, or what
  /// an untimed call leaves. Operands may change after that.
  virtual void settle(Method method) = 0;
  /// One call, or as many as the method takes for a sample; returns when the work is done. Throws what the
  /// kernel throws, and MethodUnavailable.
  virtual Sample run(Method method) = 0;
  /// Brings outputs and guard bands to the image on the host.
  virtual void fetch() = 0;

  /// What has become of the operands, or that outputs were still being written when the call had returned; empty if
  /// all is as it should be, or if nothing here can tell.
  virtual std::string damage() = 0;
  /// What the variant did, so far, that a reader should know, and that is no reason to fail it.
  virtual std::vector<std::string> remarks() const = 0;
};

class Stage {
 public:
  virtual ~Stage() = default;
  /// Binds the variant to the operands as they are on the host. Must outlive the session, and so must the variant.
  virtual std::unique_ptr<Session> open(const kernels::Variant& variant) = 0;
};

/// What is known of a place.
struct Facts {
  /// Absent for the host.
  std::optional<Device> device;
  /// Absent where they were not to be measured, and where no way to measure them was found.
  std::optional<Ceilings> ceilings;
  /// Shortest time of an empty kernel, measured as variants are; 0 where calls cost nothing of the kind.
  double launch_floor_s = 0;
  /// Read before each cold sample, so that nothing of the operands is left in the caches.
  int64_t flush_bytes = 0;
  /// What caches could still hold of the operands when a cold sample begins.
  int64_t cold_cache_bytes = 0;
};

class Place {
 public:
  virtual ~Place() = default;
  /// With `measure`, ceilings and the launch floor too. Takes a second then. Without, no call is to be timed here, and
  /// nothing is done so that calls are cold.
  virtual Facts facts(bool measure) = 0;
  /// These variants will be opened: what takes long and needs no problem can begin now.
  virtual void expect(std::span<const kernels::Variant* const> variants) { (void)variants; }
  /// Brings a problem there. `host` and `outputs` must outlive the stage. Throws DoesNotFit.
  virtual std::unique_ptr<Stage> bring(const ProblemView& host, data::OutputImage& outputs) = 0;
  /// Nothing can run here any more. What lives here is then leaked, since freeing it could wait for ever.
  virtual bool lost() = 0;
};

}  // namespace nvfp4bench::place
