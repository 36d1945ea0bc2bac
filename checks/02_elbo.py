"""The checks of 02_elbo, a function for each exercise."""

import numpy as np
from scipy import special, stats

from vaelib.checks import call, check_close, check_pair, check_shape, check_true


def check_log_normal_pdf(log_normal_pdf):
    """two points in three dimensions, with means and variances all different"""
    x = np.array([[0.5, -1, 2], [0, 0, 0]], dtype="float32")
    mean = np.array([[0, 0.5, 1], [1, -1, 0.5]], dtype="float32")
    log_var = np.array([[0.5, 1, 2], [2, 0.4, 1.2]], dtype="float32")
    check_close(
        "log_normal_pdf",
        call("log_normal_pdf", log_normal_pdf, x, mean, log_var),
        [-5.064164, -4.997293],
        mistakes={
            "the term log 2π is missing": [-2.307348, -2.240477],
            "the term log 2π is counted once, not in each dimension": [-3.226287, -3.159415],
            "the term log σ² is missing": [-3.314164, -3.197293],
            "the sign of the term log σ² is wrong": [-1.564164, -1.397293],
            "the factor ½ on log_var is missing": [-6.814164, -6.797293],
            "log_var is used as the variance": [-4.381816, -4.340571],
            "log_var is used as the standard deviation": [-4.506816, -6.052799],
            "exp(log_var) is used as the standard deviation": [-6.464211, -6.601978],
            "the squared distance is missing": [-4.506816, -4.556816],
            "the sign of the squared distance is wrong": [-3.949467, -4.116339],
            "the distance is not squared": [-4.450206, -4.749009],
            "the squared distance is not divided by the variance": [-6.256816, -5.681816],
            "the squared distance is multiplied by the variance": [-11.465501, -9.412271],
            "the squared distance is divided by σ instead of σ²": [-5.470452, -5.218722],
            "the factor ½ on the squared distance is missing": [-5.621512, -5.43777],
            "the factor ½ is missing": [-10.128328, -9.994585],
            "the dimensions are averaged instead of summed": [-1.688055, -1.665764],
            "the logarithm is not taken": [0.006319, 0.006756],
            "the sign is wrong": [5.064164, 4.997293],
            "the values are summed over the batch, too": -10.061457,
            "the values are averaged over the batch, too": -5.030728,
        },
    )
    # BEGIN HIDDEN TESTS
    name = "log_normal_pdf"
    rng = np.random.default_rng(0)

    def check_case(case, shape, low=0.2, high=2.0, far=0.0, rounded=0.0):
        log_var = rng.uniform(low, high, size=shape).astype("float32")
        deviation = np.exp(log_var.astype(float) / 2)
        mean = (rng.normal(size=shape) * deviation).astype("float32")
        x = (mean + (rng.normal(size=shape) + far) * deviation).astype("float32")
        each = stats.norm.logpdf(x.astype(float), mean, deviation)
        mistakes = {"all axes but the first are summed": each.reshape(shape[0], -1).sum(axis=1)}
        if rounded:
            problem = (
                "a density or a product is computed before its logarithm, and over- or underflows"
            )
            mistakes[problem] = np.full(shape[:-1], rounded)
        got = call(name, log_normal_pdf, x, mean, log_var, case=case)
        check_close(name, got, each.sum(-1), rtol=1e-4, atol=1e-4, mistakes=mistakes, case=case)

    check_case("a single point", (7,))
    check_case("two batch axes", (2, 4, 6))
    check_case("the same shape, other values", (2, 4, 6))
    check_case("three batch axes", (5, 2, 3, 7))
    check_case("one point in the batch", (1, 4))
    check_case("one dimension", (4, 1))
    check_case("very narrow Gaussians", (3, 5), low=-30, high=-29)
    check_case("very wide Gaussians", (3, 5), low=29, high=30)
    check_case("narrow and wide dimensions side by side", (3, 5), low=-9, high=9)
    check_case("points far from the mean", (3, 5), far=60, rounded=-np.inf)
    check_case("784 dimensions, narrow", (3, 784), low=-6, high=-1, rounded=np.inf)
    check_case("784 dimensions, wide", (3, 784), low=1, high=6, rounded=-np.inf)
    # END HIDDEN TESTS


def check_kl_divergence(kl_divergence):
    """two pairs of Gaussians in three dimensions, none of them standard"""
    q_mean = np.array([[1, -0.5, 0.3], [0, 2, -1]], dtype="float32")
    q_log_var = np.array([[0.5, 1, 0.2], [1.5, 0.2, 0.8]], dtype="float32")
    p_mean = np.array([[0, 0.5, 0], [1, 1, 0.5]], dtype="float32")
    p_log_var = np.array([[1, 0.4, 0.6], [0.3, 0.8, 1.1]], dtype="float32")
    check_close(
        "kl_divergence",
        call("kl_divergence", kl_divergence, q_mean, q_log_var, p_mean, p_log_var),
        [0.743281, 1.624427],
        mistakes={
            "q and p are swapped": [0.718727, 1.413011],
            "the factor ½ is missing": [1.486562, 3.248854],
            "the factor ½ is applied twice": [0.371641, 0.812213],
            "the factor ½ on the squared distance is missing": [1.287077, 2.59398],
            "the factor ½ stands on the squared distance alone": [0.942766, 2.2793],
            "the dimensions are averaged instead of summed": [0.24776, 0.541476],
            "the sign is wrong": [-0.743281, -1.624427],
            "log_var is used as the variance": [2.429401, 4.850685],
            "exp(log_var) is used as the standard deviation": [1.174549, 4.636599],
            "the ratio is that of the standard deviations": [0.667491, 1.031376],
            "the ratio of the variances is upside down": [1.038475, 1.056139],
            "q's variance is not divided by p's": [1.987999, 3.28387],
            "p is taken for N(0, I)": [1.114203, 3.714316],
            "p's mean is taken for 0": [0.491911, 1.719967],
            "p's variance is taken for 1": [1.489203, 3.339316],
            "the distance is not squared": [0.130586, 0.259475],
            "the squared distance is not divided by p's variance": [1.244485, 2.779873],
            "the squared distance is multiplied by p's variance": [2.386533, 5.82226],
            "the squared distance is divided by p's standard deviation": [0.945452, 2.069456],
            "the squared distance is divided by q's variance": [0.723533, 1.681299],
            "the squared distance is missing": [0.199485, 0.654873],
            "the sign of the squared distance is wrong": [-0.344312, -0.31468],
            "the logarithm is missing": [0.593281, 1.774427],
            "the sign of the logarithm is wrong": [0.443281, 1.924427],
            "the logarithm is halved": [0.668281, 1.699427],
            "the term −1 is missing": [2.243281, 3.124427],
            "the term −1 is counted once, not in each dimension": [1.743281, 2.624427],
            "the values are averaged over the batch, too": 1.183854,
            "the values are summed over the batch, too": 2.367708,
        },
    )
    # BEGIN HIDDEN TESTS
    name = "kl_divergence"
    rng = np.random.default_rng(0)

    def check_case(case, shape, q_level=0.9, p_level=0.6, width=0.5, rounded=False):
        q_log_var = rng.uniform(q_level - width, q_level + width, size=shape).astype("float32")
        p_log_var = rng.uniform(p_level - width, p_level + width, size=shape).astype("float32")
        sigma_q, sigma_p = np.exp(q_log_var.astype(float) / 2), np.exp(p_log_var.astype(float) / 2)
        q_mean = (rng.normal(size=shape) * sigma_p).astype("float32")
        p_mean = (rng.normal(size=shape) * sigma_p).astype("float32")
        # The cross-entropy minus the entropy: another route than the formula of the exercise.
        cross_entropy = (sigma_q / sigma_p) ** 2 / 2
        cross_entropy -= stats.norm.logpdf(q_mean.astype(float), p_mean, sigma_p)
        each = cross_entropy - stats.norm(0, sigma_q).entropy()
        mistakes = {"all axes but the first are summed": each.reshape(shape[0], -1).sum(axis=1)}
        if rounded:
            problem = (
                "a product of variances is computed before its logarithm, and over- or underflows"
            )
            mistakes[problem] = np.full(shape[:-1], np.nan)
        got = call(name, kl_divergence, q_mean, q_log_var, p_mean, p_log_var, case=case)
        check_close(name, got, each.sum(-1), rtol=1e-4, atol=1e-4, mistakes=mistakes, case=case)

    check_case("a single pair", (3,))
    check_case("two batch axes", (2, 4, 6))
    check_case("the same shape, other values", (2, 4, 6))
    check_case("three batch axes", (5, 2, 3, 7))
    check_case("one pair in the batch", (1, 4))
    check_case("one dimension", (4, 1))
    check_case("a very narrow q", (3, 5), q_level=-30)
    check_case("a very wide q", (3, 5), q_level=30)
    check_case("a very narrow p", (3, 5), p_level=-30)
    check_case("a very wide p", (3, 5), p_level=30)
    check_case("q and p very narrow", (3, 5), q_level=-30, p_level=-30)
    check_case("q and p very wide", (3, 5), q_level=30, p_level=30)
    check_case("784 dimensions, narrow", (3, 784), q_level=-3, p_level=-3, width=2, rounded=True)
    check_case("784 dimensions, wide", (3, 784), q_level=3, p_level=3, width=2, rounded=True)

    case = "q equal to p"
    q_mean, q_log_var = rng.normal(size=(2, 3, 5)).astype("float32")
    same = call(name, kl_divergence, q_mean, q_log_var, q_mean, q_log_var, case=case)
    check_close(name, same, np.zeros(3), atol=1e-5, case=case)
    # END HIDDEN TESTS


def check_kl_monte_carlo(kl_monte_carlo):
    """mean and spread of 200 estimates from 50 samples each, and a repeated seed"""
    name = "kl_monte_carlo"

    # At random, since the streams of neighbouring seeds overlap in some generators.
    seeds = [int(seed) for seed in np.random.default_rng(0).integers(2**31, size=400)]

    def estimates(q_mean, q_log_var, n, seeds, case=None):
        """The estimate of each seed."""
        q = [np.array(a, dtype="float32") for a in (q_mean, q_log_var)]
        got = [call(name, kl_monte_carlo, *q, n, seed, steady=False, case=case) for seed in seeds]
        check_shape(name, got[0], (), case=case)
        got = np.array(got, dtype=float)
        check_true(name, np.all(np.isfinite(got)), "the estimate is not finite.", case=case)
        return got

    # A right answer leaves each of these bands in fewer than 1 run of a million.
    q = [1, 1.5, -1.3], [-0.9, -0.9, 1.3]
    runs = estimates(*q, 50, seeds[:200])
    check_true(
        name, np.ptp(runs) > 0, "every seed gives the same value. Use the seed for the samples."
    )
    summed = abs(runs.mean() / 50 - 3.461) < 0.205
    check_true(name, not summed, "the samples are summed instead of averaged.")
    spread = runs.std() * 50**0.5
    one_draw = abs(runs.mean() - 3.461) < 1.5 and 17 < spread < 31
    check_true(name, not one_draw, "one sample is used n times. Take n of them.")
    check_close(
        name,
        [runs.mean(), spread],
        [3.461, 3.382],
        rtol=[0, 0.3],
        atol=[0.205, 0],
        what="mean of 200 seeds, and their standard deviation times the root of n",
        mistakes={
            "z is sampled from p instead of q": [-5.071, 4.709],
            "the ratio of the densities is upside down": [-3.461, 3.382],
            "one eps is used for all dimensions": [3.461, 1.379],
            "the dimensions are averaged instead of summed": [1.154, 1.127],
            "the variance is used as the standard deviation": [7.376, 8.458],
            "log_var is used as the standard deviation": [2.153, 2.77],
            "eps is not multiplied by the standard deviation": [1.625, 2.709],
            "eps is divided by the standard deviation": [-0.77, 4.621],
            "q_mean is not added to the samples": [-3.239, 3.518],
            "the variance of p is taken for e instead of 1": [1.983, 1.344],
            "the mean of p is taken for that of q": [0.991, 1.981],
            "log p(z) is missing": [-4.006, 1.226],
            "log q(z) is missing": [7.467, 3.802],
            "the factor ½ is missing": [6.922, 6.764],
            "the factor ½ is applied twice": [1.7305, 1.691],
        },
    )
    again = call(name, kl_monte_carlo, *[np.array(a, dtype="float32") for a in q], 50, seeds[0])
    check_true(name, np.allclose(again, runs[0]), "the same seed gives other samples.")
    # BEGIN HIDDEN TESTS
    for case, n, count in (("one sample", 1, 400), ("forty samples", 40, 100)):
        # For this q the exact value is 0.625, and the variance of one sample is exactly 1.25.
        got = estimates([1, -0.5], [0, 0], n, seeds[:count], case=case)
        right = np.sqrt(1.25 / n)
        error = 6 * right / np.sqrt(count)
        check_close(name, got.mean(), 0.625, atol=error, rtol=0, what="mean", case=case)
        wrong = {
            "the number of samples is fixed": np.sqrt(1.25 / 50),
            "one eps is used for all dimensions": 0.5 / np.sqrt(n),
            "one sample too many is taken": np.sqrt(1.25 / (n + 1)),
            "the samples are not independent of each other": 0,
        }
        check_close(
            name,
            got.std(),
            right,
            rtol=4.5 / np.sqrt(count),  # more than six standard deviations
            what="standard deviation of the estimates",
            mistakes=wrong,
            case=case,
        )
        problem = "no estimate is below 0: the KL never is, but an estimate from one sample can be."
        check_true(name, n > 1 or got.min() < 0, problem, case=case)

    def check_case(case, q_mean, q_log_var, n, seed):
        """One estimate, which lies within six standard deviations of the exact value."""
        q = [np.array(a, dtype="float32") for a in (q_mean, q_log_var)]
        mean, log_var = (a.astype(float) for a in q)
        variance = np.exp(log_var)
        each = 0.5 * (variance - 1 - log_var + mean**2)
        error = 6 * np.sqrt(np.sum(0.5 * (variance - 1) ** 2 + mean**2 * variance) / n)
        got = call(name, kl_monte_carlo, *q, n, seed, case=case)
        check_close(name, got, each.sum(), rtol=0, atol=error, case=case)

    check_case("one dimension", [0.7], [-0.6], n=3000, seed=1)
    five = [0.5, -1, 0, 2, 0.3], [0.4, -0.7, 1.1, -0.2, 0]
    check_case("five dimensions", *five, n=8000, seed=2)
    check_case("the same shape, other values", [-3, 0, 1, 2, 4], five[1], n=8000, seed=2)
    check_case("a very narrow q", [0, 2e-7, -3e-7], [-30, -29, -30], n=1000, seed=3)
    check_case("a very wide q", [0, 1, -1], [30, 29, 30], n=1000, seed=3)
    check_case("means far from 0", [100.03, -60.02, 30.01], [-7, -7, -6], n=1000, seed=4)

    case = "seeds: 0, the largest, and between"
    q_mean = np.array(five[0], dtype="float32")
    values = [
        float(call(name, kl_monte_carlo, q_mean, 0 * q_mean, 5, seed, case=case))
        for seed in (0, 1, 1000, 2**16, 2**31 - 3, 2**31 - 1)
    ][:-1]  # to Keras the last seed is 1, modulo 2**31 − 2
    ignored = len(set(values)) < len(values)
    check_true(name, not ignored, "another seed gives the same samples.", case=case)
    # END HIDDEN TESTS


def check_bernoulli_nll(bernoulli_nll):
    """two images, flat and with axes for height, width and channels; logits of ±1000"""
    x = np.array([[1, 0, 0.7, 0.4], [0.2, 1, 0, 0.9]], dtype="float32")
    logits = np.array([[0.4, 0.9, 0.2, 0.6], [0.5, 0.7, 0.1, 0.3]], dtype="float32")
    for shape in ((2, 4), (2, 2, 1, 2)):
        check_close(
            "bernoulli_nll",
            call("bernoulli_nll", bernoulli_nll, x.reshape(shape), logits.reshape(shape)),
            [3.209796, 2.606015],
            what=f"two images, together of shape {shape}",
            mistakes={
                "the pixels are averaged instead of summed": [0.802449, 0.651504],
                "the mean of the pixels is multiplied by 784": [629.120003, 510.778929],
                "the images are averaged, too": 2.907905,
                "the images are summed, too": 5.815811,
                "logits are taken for probabilities": [5.16653, 2.274426],
                "the sigmoid is taken twice": [2.977913, 2.835171],
                "the sign is wrong": [-3.209796, -2.606015],
                "x and logits are swapped": [3.24261, 2.975702],
                "black and white are swapped, or the sign of the logits": [2.669796, 3.146015],
                "the part for dark pixels, 1 − x, is missing": [1.106708, 0.996921],
                "the part for bright pixels, x, is missing": [2.103088, 1.609094],
                "the product x · logits is missing": [3.989796, 3.676015],
                "the sign of the product x · logits is wrong": [4.769796, 4.746015],
                "grey pixels are rounded to 0 or 1": [3.389796, 2.676015],
                "the squared error of the probabilities is taken": [0.749398, 0.670162],
            },
        )
    x = np.array([[1], [0], [1], [0]], dtype="float32")
    logits = np.array([[1000], [1000], [-1000], [-1000]], dtype="float32")
    right = np.array([0, 1000, 1000, 0])
    got = call("bernoulli_nll", bernoulli_nll, x, logits)
    check_shape("bernoulli_nll", got, (4,), what="logits of ±1000")
    finite = np.isfinite(got).all()
    problem = (
        "logits of ±1000: not every value is finite: the logarithm of 0 is taken, or exp overflows."
    )
    check_true("bernoulli_nll", finite, problem)
    problem = "logits of ±1000: the probability is cut off before the logarithm, or the logit is."
    check_true("bernoulli_nll", not 10 < np.max(got) < 999, problem)
    check_close("bernoulli_nll", got, right, what="logits of ±1000")
    # BEGIN HIDDEN TESTS
    name = "bernoulli_nll"
    rng = np.random.default_rng(0)

    def check_case(case, shape, scale=3.0):
        x = np.clip(rng.uniform(-0.3, 1.3, size=shape), 0, 1).astype("float32")  # grey, 0 and 1
        logits = (scale * rng.normal(size=shape)).astype("float32")
        x_64, logits_64 = x.astype(float), logits.astype(float)
        each = x_64 * np.logaddexp(0, -logits_64) + (1 - x_64) * np.logaddexp(0, logits_64)
        flat = each.reshape(len(x), -1)
        got = call(name, bernoulli_nll, x, logits, case=case)
        mistakes = {
            "the images are averaged, too": np.full(len(x), flat.sum(axis=1).mean()),
            "only one axis is summed": each.sum(axis=1),
        }
        check_close(name, got, flat.sum(1), rtol=1e-4, atol=1e-5, mistakes=mistakes, case=case)

    check_case("flat images", (4, 9))
    check_case("the same shape, other values", (4, 9))
    check_case("images without a channel", (3, 6, 8))
    check_case("two channels", (3, 5, 7, 2))
    check_case("five axes", (2, 4, 3, 6, 8))
    check_case("one image", (1, 5, 7, 1))
    check_case("images of one pixel", (5, 1))
    check_case("large logits, grey pixels, too", (4, 9), scale=300)
    # END HIDDEN TESTS


def check_optimal_sigma(optimal_sigma):
    """two images, flat and with height, width and channels, errors of different size"""
    name = "optimal_sigma"
    x = np.array([0.2, 0.9, 0.5, 0.7], dtype="float32").repeat(3).reshape(2, 6)
    errors = [0.1, -0.05, 0.1, 0.3, 0.15, -0.3, -0.2, 0.1, 0.2, 0.05, -0.025, 0.05]
    errors = np.array(errors, dtype="float32").reshape(x.shape)
    for shape in ((2, 6), (2, 2, 1, 3)):
        check_close(
            name,
            call(name, optimal_sigma, x.reshape(shape), (x + errors).reshape(shape)),
            0.16346,
            rtol=1e-3,
            what=f"two images, together of shape {shape}",
            mistakes={
                "this is the variance, not the standard deviation": 0.02672,
                "it is one standard deviation for each image": [0.19365, 0.12624],
                "it is one variance for each image": [0.0375, 0.01594],
                "the standard deviations of the images are averaged": 0.15995,
                "this is the mean absolute error": 0.13542,
                "this is the root of the mean absolute error": 0.36799,
                "this is the median error": 0.1,
                "this is the largest error": 0.3,
                "the errors are summed, not averaged": 0.56624,
                "the errors of an image are summed, not averaged": 0.40039,
                "this is the logarithm of the variance": -3.62239,
                "this is the logarithm of the standard deviation": -1.81119,
                "the mean error is subtracted first, as np.std does": 0.15859,
                "the mean is taken before the square": 0.03958,
                "one is subtracted from the count": 0.17073,
                "this is the spread of the images, not of the errors": 0.2586,
                "this is the size of the images, not of the errors": 0.63048,
                "this is the precision, 1 / σ²": 37.4269,
                "there is a factor ½ under the root": 0.11558,
                "there is a factor 2 under the root": 0.23117,
                "reconstructions are cut off at 0 and 1": 0.13788,
            },
        )
    # BEGIN HIDDEN TESTS
    rng = np.random.default_rng(6)
    for shape, error, case in (
        ((11, 5, 9, 3), 1, "more images"),
        ((11, 5, 9, 3), 1, "the same shape, other values"),
        ((11, 5, 9, 3), 0.001, "very small errors"),
        ((11, 5, 9, 3), 30, "very large errors"),
        ((7, 4, 9), 1, "images without a channel"),
        ((7, 12), 1, "flat images"),
        ((3, 5, 4, 6, 2), 1, "five axes"),
        ((1, 7, 7, 3), 1, "one image"),
    ):
        x = rng.uniform(size=shape).astype("float32")
        # Each image errs in its own direction and size, so that nothing is equal by chance.
        sizes = np.linspace(0.5, 3, len(x)).reshape(-1, *[1] * (len(shape) - 1))
        x_hat = (x + error * sizes * rng.uniform(-0.4, 1, size=shape)).astype("float32")
        errors = x.astype(float) - x_hat
        expected = (sum(e * e for e in errors.ravel()) / errors.size) ** 0.5
        got = call(name, optimal_sigma, x, x_hat, case=case)
        of_each = np.sqrt((errors**2).reshape(len(x), -1).mean(axis=1))
        cut = np.mean((x - np.clip(x_hat, 0, 1)) ** 2) ** 0.5
        mistakes = {
            "this is the variance, not the standard deviation": expected**2,
            "it is one standard deviation for each image": of_each,
            "the standard deviations of the images are averaged": of_each.mean(),
            "this is the mean absolute error": np.abs(errors).mean(),
            "the mean error is subtracted first, as np.std does": errors.std(),
            "reconstructions are cut off at 0 and 1": cut,
        }
        for little in (1e-6, 1e-7, 1e-8):
            mistakes[f"{little:g} is added to the variance"] = (expected**2 + little) ** 0.5
        check_close(name, got, expected, rtol=1e-4, atol=1e-9, mistakes=mistakes, case=case)
    # END HIDDEN TESTS


def check_linear_gaussian_elbo(linear_gaussian_elbo):
    """one x with three pixels, two latent dimensions and a full covariance"""
    x = np.array([1.2, 0.4, -0.3], dtype="float32")
    W = np.array([[1, 0.5], [0.5, 1], [-0.5, 0.5]], dtype="float32")
    b = np.array([0.1, 0, -0.1], dtype="float32")
    q_mean = np.array([0.6, 0.2], dtype="float32")
    q_cov = np.array([[0.4, -0.2], [-0.2, 0.3]], dtype="float32")
    check_close(
        "linear_gaussian_elbo",
        call("linear_gaussian_elbo", linear_gaussian_elbo, x, W, b, 0.4, q_mean, q_cov),
        -4.478027,
        mistakes={
            "the KL is added instead of taken away": -2.852299,
            "the KL is missing": -3.665163,
            "the reconstruction is missing": -0.812864,
            "the trace term of the reconstruction is missing": -4.226657,
            "the trace is not divided by σ²": -4.601657,
            "only the diagonal of q_cov is used": -4.375843,
            "the KL uses only the diagonal of q_cov": -4.275295,
            "the trace term of the reconstruction uses only the diagonal of q_cov": -4.578575,
            "log p(x) is returned": -4.243483,
            "b is missing": -4.511543,
            "W q_mean is missing in the reconstruction": -4.893626,
            "log_var_x is used as the variance": -3.345244,
            "the errors are divided by log_var_x": -5.31968,
            "exp(log_var_x) is used as the standard deviation": -4.976371,
            "the errors are divided by σ instead of σ²": -4.546296,
            "the errors are not divided by σ²": -4.62968,
            "the sign is wrong": 4.478027,
            "the norm of the error is not squared": -4.55924,
            "log_var_x is counted once, not for each pixel": -4.078027,
            "the term log σ² is missing": -3.878027,
            "log 2π is counted once, not for each pixel": -2.64015,
            "the term log 2π is missing": -1.721212,
            "the terms log 2π and log σ² are counted d times, not D times": -3.359089,
            "the pixels are averaged in the reconstruction": -2.034585,
            "the factor ½ of the reconstruction is missing": -8.14319,
            "the factor ½ of the KL is missing": -5.290891,
            "both factors ½ are missing": -8.956054,
            "the term −d of the KL is missing": -5.478027,
            "D is taken away in the KL instead of d": -3.978027,
            "1 is taken away in the KL instead of d": -4.978027,
            "the trace of q_cov is missing in the KL": -4.128027,
            "the squared mean is missing in the KL": -4.278027,
            "the log-determinant is missing": -3.215163,
            "the sign of the log-determinant is wrong": -1.952299,
            "only half of the log-determinant is taken": -3.846595,
            "the log-determinant is counted twice": -5.740891,
            "the determinant is taken without its logarithm": -3.175163,
        },
    )

    # BEGIN HIDDEN TESTS
    name = "linear_gaussian_elbo"

    def check_case(case, D, d, log_var=0.4, scale=1.0, seed=0, at_posterior=False, rounded=0.0):
        rng = np.random.default_rng(seed)
        x, b, m = rng.normal(size=D), rng.normal(size=D), rng.normal(size=d)
        W, root = rng.normal(size=(D, d)), rng.normal(size=(d, d))
        S = scale * (root @ root.T / d + 0.3 * np.eye(d))
        variance = np.exp(log_var)
        if at_posterior:
            S = np.linalg.inv(np.eye(d) + W.T @ W / variance)
            m = S @ W.T @ (x - b) / variance
        args = [a.astype("float32") for a in (x, W, b)], [a.astype("float32") for a in (m, S)]
        x, W, b, m, S = (a.astype(float) for a in (*args[0], *args[1]))

        def elbo(S):
            """Each latent direction of S by itself, in the basis of its eigenvectors."""
            error = stats.norm.logpdf(x, W @ m + b, np.sqrt(variance)).sum()
            spread = np.sum((W @ np.linalg.cholesky(S)) ** 2) / (2 * variance)
            values = np.linalg.eigvalsh(S)
            return error - spread - 0.5 * (m @ m + np.sum(values - 1 - np.log(values)))

        expected = elbo(S)
        if at_posterior:
            cov = W @ W.T + variance * np.eye(D)
            expected = stats.multivariate_normal(b, cov).logpdf(x)
        mistakes = {}
        if d > 1:
            mistakes["only the diagonal of q_cov is used"] = elbo(np.diag(np.diag(S)))
        if rounded:
            problem = "a determinant is computed before its logarithm, and over- or underflows"
            mistakes[problem] = rounded
        got = call(name, linear_gaussian_elbo, *args[0], log_var, *args[1], case=case)
        check_close(name, got, expected, rtol=1e-4, atol=1e-4, mistakes=mistakes, case=case)

    check_case("more pixels and latent dimensions", D=7, d=3)
    check_case("the same shapes, other values", D=7, d=3, seed=1)
    check_case("fewer pixels than latent dimensions", D=2, d=4)
    check_case("one pixel and one latent dimension", D=1, d=1, log_var=0.0)
    check_case("q is the true posterior", D=6, d=3, at_posterior=True)
    check_case("a very small variance of the pixels", D=3, d=6, log_var=-30.0)
    check_case("a very large variance of the pixels", D=3, d=6, log_var=30.0)
    many = {"D": 7, "d": 120}
    check_case("120 latent dimensions, a narrow q", **many, scale=1e-4, rounded=-np.inf)
    check_case("120 latent dimensions, a wide q", **many, scale=1e4, rounded=np.inf)
    # END HIDDEN TESTS


def check_linear_gaussian_posterior(linear_gaussian_posterior):
    """mean and covariance for one x with three pixels and two latent dimensions"""
    name = "linear_gaussian_posterior"
    x = np.array([1.2, 0.4, -0.3], dtype="float32")
    W = np.array([[1, 0.5], [0.5, 1.5], [-0.5, 0.5]], dtype="float32")
    b = np.array([0.1, 0.2, -0.1], dtype="float32")
    mean, cov = check_pair(name, call(name, linear_gaussian_posterior, x, W, b, 0.4))
    check_close(
        name,
        cov,
        [[0.541286, -0.127607], [-0.127607, 0.381777]],
        what="the covariance",
        mistakes={
            "the precision is returned and not its inverse": [
                [2.00548, 0.67032],
                [0.67032, 2.84338],
            ],
            "the prior is left out": [[1.312806, -0.477384], [-0.477384, 0.716076]],
            "log_var_x is used as the variance": [[0.252758, -0.080241], [-0.080241, 0.152457]],
            "exp(log_var_x) is used as the standard deviation": [
                *[[0.631438, -0.126908], [-0.126908, 0.472803]]
            ],
            "the square is not divided by σ²": [[0.447761, -0.119403], [-0.119403, 0.298507]],
            "the square is multiplied by σ²": [[0.356942, -0.104359], [-0.104359, 0.226493]],
            "the square is divided by σ instead of σ²": [
                *[[0.494575, -0.124534], [-0.124534, 0.338907]]
            ],
            "the prior is divided by σ², too": [[0.362835, -0.085537], [-0.085537, 0.255913]],
            "the off-diagonal entries are lost": [[0.541286, 0], [0, 0.381777]],
            "the off-diagonal entries are lost before the inverse": [[0.498634, 0], [0, 0.351694]],
        },
    )
    check_close(
        name,
        mean,
        [0.407532, 0.080736],
        what="the mean",
        mistakes={
            "b is not subtracted": [0.472579, 0.136126],
            "b is added instead of subtracted": [0.537627, 0.191515],
            "the mean is not divided by σ²": [0.607966, 0.120444],
            "h is returned and not the mean": [0.871416, 0.50274],
            "log_var_x is used as the variance": [1.519915, 0.30111],
            "the code is the one of least squares, without a prior": [0.904, -0.056],
            "the sign is wrong": [-0.407532, -0.080736],
        },
    )
    # BEGIN HIDDEN TESTS
    rng = np.random.default_rng(0)

    def check_case(case, D, d, log_var=0.4, scale=1.0):
        x, b = rng.normal(size=D), rng.normal(size=D)
        W = scale * rng.normal(size=(D, d))
        x, W, b = (a.astype("float32") for a in (x, W, b))
        got = call(name, linear_gaussian_posterior, x, W, b, log_var, case=case)
        mean, cov = check_pair(name, got, case=case)
        # Another route: condition the joint Gaussian of z and x, with a matrix of shape (D, D).
        x, W, b = (a.astype(float) for a in (x, W, b))
        gain = np.linalg.solve(W @ W.T + np.exp(log_var) * np.eye(D), W).T
        right = np.eye(d) - gain @ W
        wrong = {"the off-diagonal entries are lost": np.diag(np.diag(right))}
        near = 1e-3 * np.abs(right).max()
        check_close(name, cov, right, atol=near, mistakes=wrong, what="the covariance", case=case)
        wrong = {"b is not subtracted": gain @ x}
        check_close(
            name, mean, gain @ (x - b), rtol=1e-3, atol=1e-4, mistakes=wrong, what="mean", case=case
        )

    check_case("more pixels and latent dimensions", D=9, d=4)
    check_case("the same shapes, other values", D=9, d=4)
    check_case("more latent dimensions than pixels", D=2, d=5)
    check_case("one pixel", D=1, d=3)
    check_case("one latent dimension", D=6, d=1)
    check_case("as many pixels as latent dimensions", D=4, d=4, log_var=0.0)
    check_case("noisy pixels", D=7, d=3, log_var=6.0)
    check_case("nearly no noise", D=7, d=3, log_var=-6.0)
    check_case("a very large variance of the pixels", D=7, d=3, log_var=20.0, scale=5000.0)
    check_case("a very small variance of the pixels", D=8, d=2, log_var=-13.0, scale=0.01)
    check_case("a decoder that ignores the code", D=5, d=3, scale=0.0)
    # END HIDDEN TESTS


def check_best_diagonal(best_diagonal):
    """mean and variances for a posterior in three dimensions, all of them correlated"""
    name = "best_diagonal"
    cov = np.array([[1, 0.5, 0.2], [0.5, 2, -0.6], [0.2, -0.6, 0.8]], dtype="float32")
    mean = np.array([0.5, -1, 2], dtype="float32")
    q_mean, q_var = check_pair(name, call(name, best_diagonal, mean, cov))
    check_close(name, q_mean, mean, what="the mean", mistakes={"it is taken for 0": [0, 0, 0]})
    check_close(
        name,
        q_var,
        [0.677419, 1.105263, 0.48],
        what="the variances",
        mistakes={
            "the variances are those of the marginals": [1, 2, 0.8],
            "the precisions are returned and not the variances": [1.47619, 0.904762, 2.083333],
            "each variance is one over a variance of the posterior": [1, 0.5, 1.25],
            "the standard deviations are returned": [0.823055, 1.051315, 0.69282],
            "the logarithms of the variances are returned": [-0.389465, 0.100083, -0.733969],
            "the variances are the eigenvalues, which belong to tilted axes": [
                *[2.364031, 1.118204, 0.317764]
            ],
            "the eigenvalues are returned, which belong to tilted axes": [
                *[0.317764, 1.118204, 2.364031]
            ],
            "each dimension is conditioned on the earlier ones alone": [1, 1.75, 0.48],
            "each dimension is conditioned on the later ones alone": [0.677419, 1.55, 0.8],
            "the factor ½ is left on one side of the derivative": [0.33871, 0.552632, 0.24],
            "a factor 2 is left over from the derivative": [1.354839, 2.210526, 0.96],
        },
    )
    # BEGIN HIDDEN TESTS
    rng = np.random.default_rng(0)

    def check_case(case, d, scale=1.0, tilt=1.0):
        root = rng.normal(size=(d, d))
        cov = tilt * root @ root.T / d + np.diag(rng.uniform(0.2, 1, size=d))
        cov = (scale * (cov if tilt else np.diag(np.diag(cov)))).astype("float32")
        mean = rng.normal(size=d).astype("float32")
        got = call(name, best_diagonal, mean, cov, case=case)
        q_mean, q_var = check_pair(name, got, case=case)
        check_close(name, q_mean, mean, what="mean", case=case)
        # Another route: the variance that is left when all other dimensions are known.
        right = []
        for i in range(d):
            others = np.arange(d) != i
            exact = cov.astype(float)
            known = np.linalg.solve(exact[others][:, others], exact[others, i])
            right.append(exact[i, i] - exact[i, others] @ known)
        wrong = {"the variances are those of the marginals": np.diag(cov)}
        near = {"rtol": 2e-3, "atol": 1e-4 * scale}
        check_close(name, q_var, right, **near, mistakes=wrong, what="the variances", case=case)

    check_case("two dimensions", d=2)
    check_case("five dimensions", d=5)
    check_case("the same shape, other values", d=5)
    check_case("one dimension", d=1)
    check_case("twelve dimensions, strongly correlated", d=12, tilt=20.0)
    check_case("a posterior without correlation", d=4, tilt=0.0)
    check_case("a very narrow posterior", d=6, scale=1e-6)
    check_case("a very wide posterior", d=6, scale=1e6)
    # END HIDDEN TESTS


def check_importance_weighted_bound(importance_weighted_bound):
    """four samples for two images, and weights around exp(−1000)"""
    log_w = np.log(np.array([[1, 2], [3, 4], [8, 12], [2, 6]], dtype="float32"))
    check_close(
        "importance_weighted_bound",
        call("importance_weighted_bound", importance_weighted_bound, log_w),
        [1.252763, 1.791759],
        mistakes={
            "log k is missing": [2.639057, 3.178054],
            "log k is added instead of taken away": [4.025352, 4.564348],
            "log n is subtracted instead of log k": [1.94591, 2.484907],
            "k is subtracted instead of log k": [-1.360943, -0.821946],
            "the logarithm of the sum is divided by k": [0.659764, 0.794513],
            "log(k − 1) is subtracted instead of log k": [1.540445, 2.079442],
            "the logarithms are averaged": [0.9678, 1.589027],
            "the logarithms are summed": [3.871201, 6.356108],
            "the largest weight alone is taken": [2.079442, 2.484907],
            "the largest logarithm is not added back": [-0.826679, -0.693147],
            "the mean runs over the images instead of the samples": [
                *[0.405465, 1.252763, 2.302585, 1.386294]
            ],
            "the logarithm at the end is missing": [3.5, 6],
            "the sign is wrong": [-1.252763, -1.791759],
            "the images are averaged, too": 1.522261,
            "the mean weight runs over the images, too": 1.558145,
        },
    )
    tiny = call("importance_weighted_bound", importance_weighted_bound, log_w - np.float32(1000))
    check_close(
        "importance_weighted_bound",
        tiny,
        [-998.747237, -998.208241],
        rtol=1e-6,
        what="weights around e^−1000",
        mistakes={"the weights are computed, which rounds them to 0": [-np.inf, -np.inf]},
    )
    # BEGIN HIDDEN TESTS
    name = "importance_weighted_bound"
    rng = np.random.default_rng(0)

    def check_case(case, k, n, shift=0.0):
        log_w = (rng.normal(scale=2, size=(k, n)) + shift).astype("float32")
        if "far above" in case:
            log_w[min(2, k - 1)] += 200
        exact = log_w.astype(float)
        expected = special.logsumexp(exact, axis=0) - np.log(k)
        with np.errstate(divide="ignore", over="ignore"):
            mistakes = {
                "the weights are computed, which overflows or rounds to 0": (
                    np.log(np.mean(np.exp(log_w), axis=0))
                ),
                "the same shift is taken for all images": (
                    log_w.max() + np.log(np.mean(np.exp(log_w - log_w.max()), axis=0))
                ),
                "the largest weight alone is taken": exact.max(axis=0),
                "log k is missing": expected + np.log(k),
            }
        got = call(name, importance_weighted_bound, log_w, case=case)
        check_close(name, got, expected, rtol=1e-6, atol=1e-3, mistakes=mistakes, case=case)

    check_case("more samples and images", k=7, n=5)
    check_case("the same shape, other values", k=7, n=5)
    check_case("more images than samples", k=3, n=8)
    check_case("one sample", k=1, n=4)
    check_case("one image", k=6, n=1)
    check_case("many samples", k=3000, n=4)
    check_case("tiny weights", k=7, n=5, shift=-1000)
    check_case("huge weights", k=7, n=5, shift=1000)
    levels = np.array([-1000, -500, 0, 500, 1000])
    check_case("images on different levels", k=7, n=5, shift=levels)
    check_case("one sample far above the others", k=7, n=5, shift=levels)
    # END HIDDEN TESTS
