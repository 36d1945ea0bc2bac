"""The checks of 02_elbo, a function for each exercise."""

from itertools import combinations

import numpy as np
from scipy import integrate, special, stats

from vaelib.checks import call, check_close, check_shape, check_true


def check_log_normal_pdf(log_normal_pdf):
    """two points in three dimensions, with means and variances all different"""
    x = np.array([[0.5, -1, 2], [0, 0, 0]], dtype="float32")
    mean = np.array([[0, 0.5, 1], [1, -1, 0.5]], dtype="float32")
    log_var = np.array([[0.5, 1, 2], [2, 0.3, 1.2]], dtype="float32")
    check_close(
        "log_normal_pdf",
        call("log_normal_pdf", log_normal_pdf, x, mean, log_var),
        [-5.064164, -4.982542],
        mistakes={
            "the term log 2π is missing": [-2.307348, -2.225726],
            "log_var is used as the variance": [-4.381816, -4.613397],
            "exp(log_var) is used as the deviation": [-6.464211, -6.551719],
            "the factor ½ on log_var is missing": [-6.814164, -6.732542],
            "the dimensions are averaged instead of summed": [-1.688055, -1.660847],
            "the term log 2π is counted once, not in each dimension": [-3.226287, -3.144665],
            "the squared distance is not divided by the variance": [-6.256816, -5.631816],
            "the factor ½ on the squared distance is missing": [-5.621512, -5.458268],
            "the term log σ² is missing": [-3.314164, -3.232542],
            "the squared distance is divided by σ instead of σ²": [-5.470452, -5.189711],
            "the logarithm is not taken": [0.006319, 0.006857],
            "the sign is wrong": [5.064164, 4.982542],
            "the values are summed over the batch, too": -10.046706,
        },
    )
    # BEGIN HIDDEN TESTS
    rng = np.random.default_rng(0)
    for shape, case in (
        ((7,), "a single point"),
        ((2, 3, 5), "two batch axes"),
        ((4, 1), "one dimension"),
    ):
        x, mean = rng.normal(size=(2, *shape)).astype("float32")
        log_var = rng.uniform(0.2, 2, size=shape).astype("float32")
        variance = np.exp(log_var.astype(float))
        each = stats.norm.logpdf(x.astype(float), mean, np.sqrt(variance))
        d = shape[-1]
        mistakes = {
            "the term log 2π is missing": each.sum(-1) + d / 2 * np.log(2 * np.pi),
            "log_var is used as the variance": stats.norm.logpdf(x, mean, np.sqrt(log_var)).sum(-1),
            "exp(log_var) is used as the deviation": stats.norm.logpdf(x, mean, variance).sum(-1),
            "the factor ½ on log_var is missing": each.sum(-1) - log_var.sum(-1) / 2,
            "the dimensions are averaged instead of summed": each.mean(-1),
            "the sign is wrong": -each.sum(-1),
        }
        got = call("log_normal_pdf", log_normal_pdf, x, mean, log_var, case=case)
        check_close("log_normal_pdf", got, each.sum(-1), atol=1e-4, mistakes=mistakes, case=case)

    for level, case in ((-14, "a very narrow Gaussian"), (14, "a very wide Gaussian")):
        mean = np.zeros((2, 3), dtype="float32")
        log_var = np.full((2, 3), level, dtype="float32")
        x = (rng.normal(size=(2, 3)) * np.exp(level / 2)).astype("float32")
        expected = stats.norm.logpdf(x.astype(float), 0, np.exp(level / 2)).sum(-1)
        got = call("log_normal_pdf", log_normal_pdf, x, mean, log_var, case=case)
        check_close("log_normal_pdf", got, expected, rtol=1e-4, case=case)

    case = "as many dimensions as an image has pixels"
    x, mean = rng.normal(size=(2, 3, 784)).astype("float32")
    log_var = rng.uniform(-4, 3, size=(3, 784)).astype("float32")
    expected = stats.norm.logpdf(x.astype(float), mean, np.exp(log_var.astype(float) / 2)).sum(-1)
    got = call("log_normal_pdf", log_normal_pdf, x, mean, log_var, case=case)
    check_close("log_normal_pdf", got, expected, rtol=1e-4, case=case)
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
            "the dimensions are averaged instead of summed": [0.24776, 0.541476],
            "the sign is wrong": [-0.743281, -1.624427],
            "log_var is used as the variance": [2.429401, 4.850685],
            "exp(log_var) is used as the deviation": [1.174549, 4.636599],
            "p is taken for N(0, I)": [1.114203, 3.714316],
            "the values are averaged over the batch, too": 1.183854,
            "the squared distance is not divided by p's variance": [1.244485, 2.779873],
            "the squared distance is divided by q's variance": [0.723533, 1.681299],
            "the squared distance is missing": [0.199485, 0.654873],
            "the sign of the logarithm is wrong": [0.443281, 1.924427],
            "the term −1 is missing": [2.243281, 3.124427],
        },
    )

    # BEGIN HIDDEN TESTS
    def quadrature(q_mean, q_var, p_mean, p_var):
        """The integral of q·(log q − log p), dimension by dimension, with no closed form."""
        values = np.zeros(q_mean.shape)
        for i in np.ndindex(q_mean.shape):
            q = stats.norm(q_mean[i], np.sqrt(q_var[i]))
            p = stats.norm(p_mean[i], np.sqrt(p_var[i]))
            low, high = q.mean() - 12 * q.std(), q.mean() + 12 * q.std()
            integrand = lambda z, q=q, p=p: q.pdf(z) * (q.logpdf(z) - p.logpdf(z))
            values[i] = integrate.quad(integrand, low, high, epsabs=1e-9)[0]
        return values

    rng = np.random.default_rng(0)
    for shape, case in (((3,), "a single pair"), ((2, 1, 2), "two batch axes")):
        q_mean, p_mean = rng.normal(size=(2, *shape)).astype("float32")
        q_log_var, p_log_var = rng.uniform(0.2, 1.5, size=(2, *shape)).astype("float32")
        q_var, p_var = np.exp(q_log_var.astype(float)), np.exp(p_log_var.astype(float))
        each = quadrature(q_mean, q_var, p_mean, p_var)
        distance = (q_mean - p_mean) ** 2
        mistakes = {
            "q and p are swapped": quadrature(p_mean, p_var, q_mean, q_var).sum(-1),
            "the factor ½ is missing": 2 * each.sum(-1),
            "the factor ½ is applied twice": each.sum(-1) / 2,
            "the dimensions are averaged instead of summed": each.mean(-1),
            "the sign is wrong": -each.sum(-1),
            "log_var is used as the variance": quadrature(q_mean, q_log_var, p_mean, p_log_var).sum(
                -1
            ),
            "p is taken for N(0, I)": quadrature(q_mean, q_var, 0 * p_mean, p_var**0).sum(-1),
            "the squared distance is not divided by p's variance": (
                each + distance / 2 * (1 - 1 / p_var)
            ).sum(-1),
        }
        got = call("kl_divergence", kl_divergence, q_mean, q_log_var, p_mean, p_log_var, case=case)
        check_close(
            "kl_divergence", got, each.sum(-1), rtol=1e-4, atol=1e-5, mistakes=mistakes, case=case
        )

    case = "q equal to p"
    same = call("kl_divergence", kl_divergence, q_mean, q_log_var, q_mean, q_log_var, case=case)
    check_close("kl_divergence", same, np.zeros((2, 1)), atol=1e-5, case=case)
    # END HIDDEN TESTS


def check_kl_monte_carlo(kl_monte_carlo):
    """mean and spread of 200 estimates from 50 samples each, and a repeated seed"""
    name = "kl_monte_carlo"
    q_mean = np.array([1, -1], dtype="float32")

    # Drawn, since the streams of neighbouring seeds overlap in some generators.
    seeds = np.random.default_rng(0).integers(2**31, size=200)

    def estimates(q_log_var, n, case=None):
        """The estimates of 200 seeds."""
        log_var = np.array(q_log_var, dtype="float32")
        got = [call(name, kl_monte_carlo, q_mean, log_var, n, int(s), case=case) for s in seeds]
        check_shape(name, got[0], (), case=case)
        got = np.array(got, dtype=float)
        check_true(name, np.all(np.isfinite(got)), "the estimate is not finite.", case=case)
        return got

    # A right answer leaves each of these bands in fewer than 1 run of a million.
    runs = estimates([1, -1], n=50)
    check_true(
        name, np.ptp(runs) > 0, "every seed gives the same value. Use the seed for the draws."
    )
    check_true(name, runs.mean() < 20, "the draws are summed instead of averaged.")
    spread = runs.std() * 50**0.5
    check_true(name, not 11 < spread < 20, "one draw is used n times. Draw n of them.")
    check_close(
        name,
        [runs.mean(), spread],
        [1.543, 2.182],
        rtol=[0, 0.3],
        atol=[0.132, 0],
        what="mean of 200 seeds, and their standard deviation times the root of n",
        mistakes={
            "z is drawn from p instead of q": [-2.086, 3.033],
            "the ratio of the densities is upside down": [-1.543, 2.182],
            "one eps is used for all dimensions": [1.543, 1.295],
            "the dimensions are averaged instead of summed": [0.772, 1.091],
            "the variance is used as the deviation": [3.219, 4.295],
            "the variance of p is taken for e instead of 1": [0.936, 0.89],
        },
    )
    again = call(
        name, kl_monte_carlo, q_mean, np.array([1, -1], dtype="float32"), 50, int(seeds[0])
    )
    check_true(name, np.allclose(again, runs[0]), "the same seed gives other draws.")
    # BEGIN HIDDEN TESTS
    for n, case in ((2, "two draws"), (10, "few draws"), (40, "four times as many draws")):
        # For this q the exact value is 1, and the variance of one draw is exactly 2.
        wrong = {"the number of draws is fixed": 2 / 50, "one eps is used for all dimensions": 0}
        got = estimates([0, 0], n=n, case=case)
        error = 6 * np.sqrt(2 / n / 200)
        check_close(name, got.mean(), 1, atol=error, rtol=0, what="mean", case=case)
        check_close(name, got.var(), 2 / n, rtol=0.6, mistakes=wrong, what="variance", case=case)

    case = "five dimensions"
    q_mean = np.array([0.5, -1, 0, 2, 0.3], dtype="float32")
    log_var = [0.4, -0.7, 1.1, -0.2, 0]
    variance = np.exp(log_var)
    exact = 0.5 * np.sum(variance - 1 - log_var + q_mean**2)
    error = np.sqrt(np.sum(0.5 * (variance - 1) ** 2 + q_mean**2 * variance) / (200 * 50))
    got = estimates(log_var, n=50, case=case).mean()
    check_close(name, got, exact, rtol=0, atol=6 * error, case=case)

    case = "seed zero"
    zeros = [call(name, kl_monte_carlo, q_mean, 0 * q_mean, 5, 0, case=case) for _ in range(2)]
    problem = "the same seed gives other draws."
    check_true(name, np.allclose(zeros[0], zeros[1]), problem, case=case)
    # END HIDDEN TESTS


def check_bernoulli_nll(bernoulli_nll):
    """two images, flat and with axes for height, width and channel; logits of ±1000"""
    x = np.array([[1, 0, 0.5], [0.2, 1, 0]], dtype="float32")
    logits = np.array([[0.4, 0.9, 0.2], [0.5, 0.7, 0.1]], dtype="float32")
    for shape in ((2, 3), (2, 1, 3, 1)):
        check_close(
            "bernoulli_nll",
            call("bernoulli_nll", bernoulli_nll, x.reshape(shape), logits.reshape(shape)),
            [2.452308, 2.02166],
            what=f"two images, together of shape {shape}",
            mistakes={
                "the pixels are averaged instead of summed": [0.817436, 0.673887],
                "the images are averaged, too": 2.236984,
                "the images are summed, too": 4.473968,
                "logits are taken for probabilities": [4.135167, 1.155183],
                "the sign is wrong": [-2.452308, -2.02166],
                "x and logits are swapped": [2.480486, 2.004548],
                "the part for dark pixels, 1 − x, is missing": [0.812085, 0.498001],
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
    problem = "logits of ±1000: the probability is cut off before the logarithm. Work with the logits instead."
    check_true("bernoulli_nll", not 10 < np.max(got) < 100, problem)
    check_close("bernoulli_nll", got, right, what="logits of ±1000")
    # BEGIN HIDDEN TESTS
    rng = np.random.default_rng(0)
    for shape, case in (((4, 9), "flat images"), ((3, 5, 4, 2), "two channels")):
        x = rng.random(shape).astype("float32")
        logits = rng.uniform(0.05, 0.95, size=shape).astype("float32")

        def cross_entropy(x, p):
            each = -(special.xlogy(x, p) + special.xlog1py(1 - x, -p))
            return each.reshape(len(x), -1)

        each = cross_entropy(x.astype(float), special.expit(logits.astype(float)))
        mistakes = {
            "the pixels are averaged instead of summed": each.mean(1),
            "the images are averaged, too": each.sum(1).mean(),
            "logits are taken for probabilities": cross_entropy(x, logits).sum(1),
            "the sign is wrong": -each.sum(1),
            "x and logits are swapped": cross_entropy(logits, special.expit(x)).sum(1),
        }
        got = call("bernoulli_nll", bernoulli_nll, x, logits, case=case)
        check_close("bernoulli_nll", got, each.sum(1), mistakes=mistakes, case=case)
    # END HIDDEN TESTS


def check_gaussian_nll(gaussian_nll):
    """two images, flat and with axes for height, width and channel"""
    x = np.array([[1, 0, 0.5], [0.2, 1, 0]], dtype="float32")
    mean = np.array([[0.8, 0.1, 0.4], [0.3, 0.6, 0.2]], dtype="float32")
    log_var = np.array([[0.5, 1, 0.3], [0.8, 0.4, 1.2]], dtype="float32")
    for shape in ((2, 3), (2, 1, 3, 1)):
        given = [a.reshape(shape) for a in (x, mean, log_var)]
        check_close(
            "gaussian_nll",
            call("gaussian_nll", gaussian_nll, *given),
            [3.67449, 4.018712],
            what=f"two images, together of shape {shape}",
            mistakes={
                "the pixels are averaged instead of summed": [1.22483, 1.339571],
                "the images are averaged, too": 3.846601,
                "the sign is wrong": [-3.67449, -4.018712],
                "the term log 2π is missing": [0.917674, 1.261896],
                "the term log σ² is missing": [2.77449, 2.818712],
                "log_var is used as the variance": [1.869922, 2.501176],
                "exp(log_var) is used as the deviation": [4.567594, 5.195586],
                "the factor ½ on log_var is missing": [4.57449, 5.218712],
                "only the squared errors are summed": [0.06, 0.21],
                "the term log 2π is counted once, not for each pixel": [1.836613, 2.180835],
                "the squared error is divided by σ instead of σ²": [3.679728, 4.036642],
                "the factor ½ is missing": [7.348979, 8.037423],
            },
        )
    # BEGIN HIDDEN TESTS
    rng = np.random.default_rng(0)
    for shape, case in (((4, 9), "flat images"), ((3, 5, 4, 2), "two channels")):
        x, mean = rng.random((2, *shape)).astype("float32")
        log_var = rng.uniform(0.2, 1.5, size=shape).astype("float32")
        variance = np.exp(log_var.astype(float))
        each = -stats.norm.logpdf(x.astype(float), mean, np.sqrt(variance)).reshape(len(x), -1)
        flat = log_var.reshape(len(x), -1)
        as_variance = -stats.norm.logpdf(x, mean, np.sqrt(log_var)).reshape(len(x), -1)
        mistakes = {
            "the pixels are averaged instead of summed": each.mean(1),
            "the images are averaged, too": each.sum(1).mean(),
            "the sign is wrong": -each.sum(1),
            "the term log 2π is missing": (each - np.log(2 * np.pi) / 2).sum(1),
            "the term log σ² is missing": (each - flat / 2).sum(1),
            "log_var is used as the variance": as_variance.sum(1),
            "the factor ½ on log_var is missing": (each + flat / 2).sum(1),
        }
        got = call("gaussian_nll", gaussian_nll, x, mean, log_var, case=case)
        check_close("gaussian_nll", got, each.sum(1), rtol=1e-4, mistakes=mistakes, case=case)

    case = "variance ½"
    half = np.full(x.shape, np.log(0.5), dtype="float32")
    squares = ((x.astype(float) - mean) ** 2).reshape(len(x), -1)
    expected = (squares + np.log(np.pi) / 2).sum(1)
    got = call("gaussian_nll", gaussian_nll, x, mean, half, case=case)
    check_close("gaussian_nll", got, expected, rtol=1e-4, case=case)

    case = "whole images, narrow and wide pixels"
    x, mean = rng.random((2, 2, 28, 28, 1)).astype("float32")
    log_var = rng.uniform(-8, 3, size=x.shape).astype("float32")
    each = -stats.norm.logpdf(x.astype(float), mean, np.exp(log_var.astype(float) / 2))
    got = call("gaussian_nll", gaussian_nll, x, mean, log_var, case=case)
    check_close("gaussian_nll", got, each.reshape(2, -1).sum(1), rtol=1e-4, case=case)
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
            "the KL is added instead of taken away": -2.852298,
            "the KL is missing": -3.665163,
            "the trace term of the reconstruction is missing": -4.226657,
            "only the diagonal of q_cov is used": -4.375843,
            "the KL uses only the diagonal of q_cov": -4.275295,
            "log p(x) is returned": -4.243483,
            "b is missing": -4.511543,
            "log_var_x is used as the variance": -3.345244,
            "exp(log_var_x) is used as the deviation": -4.976371,
            "the sign is wrong": 4.478027,
            "the norm of the error is not squared": -4.55924,
            "log_var_x is counted once, not for each pixel": -4.078027,
            "log 2π is counted once, not for each pixel": -2.64015,
            "the trace is not divided by σ²": -4.601657,
            "the term −d of the KL is missing": -5.478027,
            "D is taken away in the KL instead of d": -3.978027,
            "the log-determinant is missing": -3.215163,
            "the sign of the log-determinant is wrong": -1.952298,
        },
    )

    # BEGIN HIDDEN TESTS
    def posterior(x, W, b, variance):
        """Mean and covariance of p(z | x)."""
        cov = np.linalg.inv(np.eye(W.shape[1]) + W.T @ W / variance)
        return cov @ W.T @ (x - b) / variance, cov

    def kl_full(m, S, mean, cov):
        """KL(N(m, S) ‖ N(mean, cov))."""
        inverse = np.linalg.inv(cov)
        log_dets = np.linalg.slogdet(cov)[1] - np.linalg.slogdet(S)[1]
        return 0.5 * (np.trace(inverse @ S) + (mean - m) @ inverse @ (mean - m) - len(m) + log_dets)

    def check_case(case, D, d, at_posterior=False):
        rng = np.random.default_rng(10 * D + d)
        x, b, m = rng.normal(size=D), rng.normal(size=D), rng.normal(size=d)
        W, root, log_var = rng.normal(size=(D, d)), rng.normal(size=(d, d)), 0.4
        S = root @ root.T / d + 0.3 * np.eye(d)
        x, b, m, W, S = (a.astype("float32").astype(float) for a in (x, b, m, W, S))
        variance = np.exp(log_var)
        if at_posterior:
            m, S = (a.astype("float32").astype(float) for a in posterior(x, W, b, variance))
        exact = stats.multivariate_normal(b, W @ W.T + variance * np.eye(D)).logpdf(x)

        def elbo(S, b=b):
            """By the other side of the equation: log p(x) − KL(q ‖ p(z | x)), shifted b and all."""
            log_p = stats.multivariate_normal(b, W @ W.T + variance * np.eye(D)).logpdf(x)
            return log_p - kl_full(m, S, *posterior(x, W, b, variance))

        kl = kl_full(m, S, np.zeros(d), np.eye(d))
        expected = exact if at_posterior else elbo(S)
        trace = np.trace(W @ S @ W.T) / (2 * variance)
        mistakes = {
            "the KL is added instead of taken away": expected + 2 * kl,
            "the KL is missing": expected + kl,
            "the trace term of the reconstruction is missing": expected + trace,
            "only the diagonal of q_cov is used": elbo(np.diag(np.diag(S))),
            "b is missing": elbo(S, b=np.zeros(D)),
        }
        args = [a.astype("float32") for a in (x, W, b)], [a.astype("float32") for a in (m, S)]
        got = call(
            "linear_gaussian_elbo", linear_gaussian_elbo, *args[0], log_var, *args[1], case=case
        )
        check_close(
            "linear_gaussian_elbo",
            got,
            expected,
            rtol=1e-5,
            atol=1e-5,
            mistakes=mistakes,
            case=case,
        )

    check_case("more pixels and a longer code", D=7, d=3)
    check_case("fewer pixels than numbers in the code", D=2, d=4)
    check_case("q is the true posterior", D=6, d=3, at_posterior=True)
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
            "log n is subtracted instead of log k": [1.94591, 2.484907],
            "k is subtracted instead of log k": [-1.360943, -0.821946],
            "log(k − 1) is subtracted instead of log k": [1.540445, 2.079442],
            "the logarithms are averaged": [0.9678, 1.589027],
            "the logarithms are summed": [3.871201, 6.356108],
            "the largest weight alone is taken": [2.079442, 2.484907],
            "the mean runs over the images instead of the draws": [
                *[0.405465, 1.252763, 2.302585, 1.386294]
            ],
            "the logarithm at the end is missing": [3.5, 6],
            "the images are averaged, too": 1.522261,
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
    log_w = rng.normal(scale=2, size=(6, 5)).astype("float32")
    case = "more draws and images"
    expected = special.logsumexp(log_w.astype(float), axis=0) - np.log(6)
    mistakes = {
        "log k is missing": expected + np.log(6),
        "the logarithms are averaged": log_w.astype(float).mean(axis=0),
        "the largest weight alone is taken": log_w.max(axis=0),
    }
    got = call(name, importance_weighted_bound, log_w, case=case)
    check_close(name, got, expected, rtol=1e-4, mistakes=mistakes, case=case)

    case = "means over all subsets never fall as the subsets grow"
    means = []
    for size in range(1, 7):
        subsets = [log_w[list(rows)] for rows in combinations(range(6), size)]
        bounds = [call(name, importance_weighted_bound, s, case=case) for s in subsets]
        check_shape(name, bounds[0], (5,), case=case)
        means.append(np.mean(bounds, axis=0))
    falls = np.minimum(np.diff(means, axis=0), 0)
    check_close(name, falls, np.zeros(falls.shape), atol=1e-4, case=case)

    for sign, case in ((-1, "tiny weights"), (1, "huge weights")):
        overflow = np.full(5, sign * np.inf)
        wrong = {"the weights are computed, which overflows or rounds to 0": overflow}
        got = call(name, importance_weighted_bound, log_w + np.float32(sign * 1000), case=case)
        check_close(
            name, got, expected + sign * 1000, rtol=1e-6, atol=1e-3, mistakes=wrong, case=case
        )

    case = "images on different levels, and one draw far above the others"
    spread = log_w + np.array([-1000, -500, 0, 500, 1000], dtype="float32")
    spread[2] += 200
    expected = special.logsumexp(spread.astype(float), axis=0) - np.log(6)
    got = call(name, importance_weighted_bound, spread, case=case)
    wrong = {"the same shift is used for all images": np.full(5, -np.inf)}
    check_close(name, got, expected, rtol=1e-5, atol=1e-3, mistakes=wrong, case=case)

    case = "it tends to the exact log p(x)"
    z = rng.normal(size=(100_000, 1)).astype("float32")  # p(z) = q(z) = N(0, 1), p(x | z) = N(z, 1)
    log_w = stats.norm.logpdf(np.array([0.5, -1]), z).astype("float32")
    exact = stats.norm.logpdf([0.5, -1], 0, np.sqrt(2))
    check_close(
        name, call(name, importance_weighted_bound, log_w, case=case), exact, atol=0.01, case=case
    )
    # END HIDDEN TESTS
