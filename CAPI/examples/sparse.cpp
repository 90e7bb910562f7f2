// Sparse linear regression from C++: regularized dual averaging finds which weights matter and makes the others exactly zero;
// then those stay frozen while the rest is trained on (adaptive sparse retraining).
//
// Handles are owned by a class, so that they are destroyed however a function is left, and errors are exceptions.
#include <slipstream.h>

#include <cmath>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <vector>

namespace slip {

class Error : public std::runtime_error {
public:
    explicit Error(slip_status status)
        : std::runtime_error(std::string(slip_status_name(status)) + ": " + slip_last_error()) {}
};

inline void check(slip_status status) {
    if (status < 0) throw Error(status);
}

// An update rule for weights in a vector. It can be moved but not copied.
class Optimizer {
public:
    Optimizer(const char *rule, std::size_t count) { check(slip_optimizer_create_f64(rule, count, &handle)); }
    Optimizer(Optimizer &&other) noexcept : handle(other.handle) { other.handle = nullptr; }
    Optimizer(const Optimizer &) = delete;
    Optimizer &operator=(const Optimizer &) = delete;
    ~Optimizer() { slip_optimizer_destroy_f64(handle); }

    Optimizer &set(const char *name, double value) {
        check(slip_optimizer_set_f64(handle, name, value));
        return *this;
    }

    void step(std::vector<double> &weights, const std::vector<double> &gradient, double loss) {
        const slip_segment_f64 w = {weights.data(), weights.size()};
        const slip_const_segment_f64 g = {gradient.data(), gradient.size()};
        check(slip_optimizer_step_f64(handle, &w, 1, &g, 1, loss));
    }

    // The number of weights that are frozen at zero from now on.
    std::uint64_t freezeZeros(const std::vector<double> &weights) {
        const slip_const_segment_f64 w = {weights.data(), weights.size()};
        std::uint64_t frozen = 0;
        check(slip_optimizer_freeze_zeros_f64(handle, &w, 1, &frozen));
        return frozen;
    }

private:
    slip_optimizer_f64 *handle = nullptr;
};

}  // namespace slip

namespace {

constexpr std::size_t count = 100, relevant = 10, rows = 400;

// Data whose answer depends on the first ten of a hundred features.
struct Data {
    std::vector<std::vector<double>> features;
    std::vector<double> answers;

    Data() : features(rows, std::vector<double>(count)), answers(rows) {
        std::uint32_t state = 2024;
        auto noise = [&state] {
            state = state * 1664525u + 1013904223u;
            return (state >> 8) / double(1 << 23) - 1;
        };
        for (std::size_t i = 0; i < rows; i++) {
            answers[i] = 0.1 * noise();
            for (std::size_t j = 0; j < count; j++) {
                features[i][j] = noise();
                if (j < relevant) answers[i] += features[i][j] * (j % 2 ? 1.0 : -1.0);
            }
        }
    }

    // Half the mean squared error, and its gradient.
    double loss(const std::vector<double> &weights, std::vector<double> &gradient) const {
        double sum = 0;
        gradient.assign(count, 0);
        for (std::size_t i = 0; i < rows; i++) {
            double error = -answers[i];
            for (std::size_t j = 0; j < count; j++) error += weights[j] * features[i][j];
            for (std::size_t j = 0; j < count; j++) gradient[j] += error * features[i][j] / rows;
            sum += error * error / (2 * rows);
        }
        return sum;
    }
};

}  // namespace

int main() {
    try {
        const Data data;
        std::vector<double> weights(count), gradient(count);
        double loss = 0;
        slip::Optimizer rda("rda", count);
        rda.set("gamma", 2).set("lambda", 0.03);
        for (int step = 0; step < 300; step++) {
            loss = data.loss(weights, gradient);
            rda.step(weights, gradient, loss);
        }
        std::printf("after rda:        loss %.6f\n", loss);

        slip::Optimizer sgd("sgd", count);
        const std::uint64_t frozen = sgd.set("learning-rate", 0.5).set("momentum", 0.9).freezeZeros(weights);
        std::printf("zeros:            %u of %zu weights\n", static_cast<unsigned>(frozen), count);
        for (int step = 0; step < 200; step++) {
            loss = data.loss(weights, gradient);
            sgd.step(weights, gradient, loss);
        }
        double error = 0;
        for (std::size_t j = 0; j < relevant; j++) error = std::fmax(error, std::fabs(weights[j] - (j % 2 ? 1.0 : -1.0)));
        std::printf("after retraining: loss %.6f, relevant weights off by at most %.4f\n", loss, error);

        bool refused = false;
        try {
            sgd.set("momentum", 1.5);
        } catch (const slip::Error &found) {
            refused = true;
            std::printf("an error:         %s\n", found.what());
        }
        return refused && frozen >= 80 && error < 0.05 ? 0 : 1;
    } catch (const slip::Error &error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
}
