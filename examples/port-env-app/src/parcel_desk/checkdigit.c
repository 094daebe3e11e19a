/* Check digits of parcel numbers: S10 of the Universal Postal Union, and SSCC of GS1. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>

static const int S10_WEIGHTS[] = {8, 6, 4, 2, 3, 5, 9, 7};

static int
all_digits(const char *text, Py_ssize_t length, Py_ssize_t wanted)
{
    if (length != wanted) {
        PyErr_Format(PyExc_ValueError, "%zd digits are needed, not %zd", wanted, length);
        return 0;
    }
    for (Py_ssize_t i = 0; i < length; i++) {
        if (text[i] < '0' || text[i] > '9') {
            PyErr_SetString(PyExc_ValueError, "only digits are allowed");
            return 0;
        }
    }
    return 1;
}

static PyObject *
s10(PyObject *module, PyObject *args)
{
    const char *text;
    Py_ssize_t length;
    int sum = 0;

    if (!PyArg_ParseTuple(args, "s#:s10", &text, &length) || !all_digits(text, length, 8)) {
        return NULL;
    }
    for (int i = 0; i < 8; i++) {
        sum += (text[i] - '0') * S10_WEIGHTS[i];
    }
    sum = 11 - sum % 11;
    return PyLong_FromLong(sum == 10 ? 0 : sum == 11 ? 5 : sum);
}

static PyObject *
sscc(PyObject *module, PyObject *args)
{
    const char *text;
    Py_ssize_t length;
    int sum = 0;

    if (!PyArg_ParseTuple(args, "s#:sscc", &text, &length) || !all_digits(text, length, 17)) {
        return NULL;
    }
    for (int i = 0; i < 17; i++) {
        sum += (text[i] - '0') * (i % 2 == 0 ? 3 : 1);
    }
    return PyLong_FromLong((10 - sum % 10) % 10);
}

static PyMethodDef methods[] = {
    {"s10", s10, METH_VARARGS, "The check digit of an S10 number's eight digits."},
    {"sscc", sscc, METH_VARARGS, "The check digit of an SSCC's seventeen digits."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT, "_checkdigit", "Check digits of parcel numbers.", 0, methods,
};

PyMODINIT_FUNC
PyInit__checkdigit(void)
{
    return PyModuleDef_Init(&module);
}
